"""Making a study's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from annotations.codebook.codes import Codebook
from annotations.codebook.files import (
    FromFile,
    codebook_from,
    shipped_codebook,
    shipped_codebooks,
    write_codebook,
)
from annotations.codings.qualcoder_codes import read_qualcoder_codebook
from annotations.codings.qualcoder_database import is_qualcoder
from annotations.errors import BadInput, unknown
from annotations.refi.codebook_file import read_refi_codebook
from annotations.refi.container import ENDINGS
from annotations.study.config import FILE, Study, parse_config, read_study
from annotations.study.language_named import is_language

_HEAD = """\
# What this study is. Every key may be left out but the name; an unknown key is refused.
# cases:                      the cases, and the sites of each
#   Jönköping: [Höglandet, Värnamo]
# waves: ["1", "2"]
# participant_pattern: '(?P<participant>(?P<site>[A-Z]{3})-\\d+)'   read from file names: ABC-01 is of site ABC
# coders:                     names, other names they go by in files, Label Studio e-mails
#   - {name: Ada Lind, aliases: [AL], email: ada@example.org}
# file_pattern: 'wave(?P<wave>\\d)/(?P<case>[^/]+)/'   read from where files lie in the folder that is imported
# interviewers: [Interviewer, Moderator, I]     speakers who ask; their turns are context
# participant_speakers: [Anna, Bo]              speakers who answer, so that nobody is asked about them again
# same_speakers: {Interveiwer: Interviewer}     labels that files misspell, and who is meant
# segmentation: {unit: turn}  turn, passage or sentence; max_words; pipeline (a spaCy pipeline, or rules)
# embedder: {model: shipped}  or the folder of a sentence-transformers model; fine_tune: true (docs/fine-tuning.md)
# classifier: default         or logistic regression, linear svm, one of your own (docs/models.md)
# codings_columns: {transcript: Document, code: Code, quote: Segment}   how your files of codings call their columns
# aim: {precision: 0.7}        what suggestions are for; left out: the best F1 of each code
# consents: {may_train: true, may_quote: false}     what holds where nothing else is said
# retrain: {after: 200}       a worker trains after so many new reviews; null: only when asked
# backup: {to: ../backups, nightly: "02:30", keep: 14}     a worker makes one each night; see docs/backup.md
# margin: 0.1                by how much kappa of the model may fall short of a second coder's and be "as good"
# database: postgresql://…    to keep the study on a server (confirmed on each machine with "tandem trust")
"""


def make_study(folder: Path, *, codebook: str, config: dict[str, Any]) -> tuple[Study, Codebook]:
    """Make a study as ``study_from``, whatever is to know of the codebook's file."""
    study, chosen = study_from(folder, codebook=codebook, config=config)
    return study, chosen.codebook


def study_from(folder: Path, *, codebook: str, config: dict[str, Any]) -> tuple[Study, FromFile]:
    """Make a study in ``folder`` from a shipped codebook's name or a file, and what study.yaml shall say.

    Raises BadInput, before anything is written, if the folder holds a study or other files, or if the
    codebook or a key cannot be used.
    """
    if (folder / FILE).exists():
        raise BadInput(f"{folder} holds a study already. Choose another folder, or go on with this one.")
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file. Give the name of a folder for the study.")
    chosen = codebook_said(codebook)
    said = parse_config(config)
    if not is_language(said.language):
        raise BadInput(
            f'the language "{said.language[:40]}" is not known; write two letters, such as en or sv.'
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_codebook(chosen.codebook, folder / "codebook.yaml")
    body = yaml.safe_dump(config, allow_unicode=True, sort_keys=False, default_flow_style=False)
    # study.yaml comes last: a folder without it is no study, so a half-made one never counts as one
    (folder / FILE).write_text(_HEAD + "\n" + body, "utf-8")
    folder.chmod(0o700)
    return read_study(folder), chosen


def chosen_codebook(name: str) -> Codebook:
    """A shipped codebook by its name, or one from a file; raises UnknownName with the shipped ones."""
    return codebook_said(name).codebook


def codebook_said(name: str) -> FromFile:
    """The same with how its file was read."""
    file = Path(name)
    if is_qualcoder(file):
        made = read_qualcoder_codebook(file)
        return FromFile(made.codebook, (f"{file.name} is read as a QualCoder project.", *made.notes))
    if file.suffix.lower() in ENDINGS:
        return FromFile(read_refi_codebook(file))
    if file.suffix.lower() in (".yaml", ".yml", ".csv", ".xlsx") or file.exists():
        return codebook_from(file)
    if name not in shipped_codebooks():
        raise unknown(
            "codebook",
            name,
            shipped_codebooks(),
            remedy="Give one of these, or a .yaml, .csv, .xlsx or .qdc file, or a QualCoder project (.qda).",
        )
    return FromFile(shipped_codebook(name))
