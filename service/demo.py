"""The whole flow on the invented sample study, with the real Label Studio and MLflow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import yaml

from annotations.errors import BadInput
from annotations.problems import in_few_lines
from annotations.progress import quiet
from annotations.study.config import FILE, read_study
from service.composition import Parts
from service.importing.import_codings import import_codings
from service.importing.import_outcome import Imported
from service.importing.import_transcripts import import_transcripts
from service.label_studio.in_use import start_or_share
from service.label_studio.local import Access, LocalLabelStudio
from service.new_study import make_study
from service.pushing import Pushed, push
from service.serving.precode import precode
from service.serving.train_and_evaluate import train
from service.settings import Settings

MARK = ".made-by-tandem-demo"
Tell = Callable[[str], None]


def make_sample(folder: Path, settings: Settings, tell: Tell) -> Parts:
    """Make the sample study in ``folder``, or go on with the one that an earlier demonstration made: nothing is deleted.

    Raises BadInput if the folder holds something that the demonstration did not make.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise BadInput(f"{folder} holds something else. Give another folder for the demonstration.")
    goes_on = (folder / FILE).is_file()
    with as_file(files("annotations") / "sample_study") as sample:
        if goes_on:
            parts = Parts(read_study(folder), settings)
            tell(
                f"1. The study of an earlier demonstration in {folder} goes on, with all that was coded in it."
            )
            tell("   To begin anew, delete that folder yourself, or give another one with --folder.")
        else:
            config: dict[str, Any] = yaml.safe_load((sample / FILE).read_text("utf-8"))
            folder.mkdir(parents=True, exist_ok=True)
            (folder / MARK).touch()
            study, codebook = make_study(folder, codebook="common-framework", config=config)
            parts = Parts(study, settings)
            count = len(codebook.applicable)
            tell(f"1. Study made in {folder}, with the common framework ({count} codes).")
        read = import_transcripts(
            parts, [], manifest=sample / "manifest.csv", described={}, replace=False, progress=quiet
        )
        if read.refused:
            raise BadInput("\n".join(in_few_lines(read.refused)))
        tell(f"2. {_sources(read)} imported. Wave 1 is coded, wave 2 is not.")
        imported = import_codings(parts, sample / "codings-wave1.csv", complete="all", skip_bad_rows=False)
    if not imported.kept.codings:
        tell("3. The codings of wave 1 are there already.")
        return parts
    tell(
        f"3. {imported.kept.codings} codings of wave 1 by {' and '.join(sorted(imported.kept.coders))} imported, with "
        f"{imported.kept.empty_reviews} passages where they looked and nothing applies."
    )
    return parts


def learn_and_suggest(parts: Parts, tell: Tell) -> None:
    """Train on wave 1 and suggest for wave 2, saying how good to expect it to be."""
    trained = train(parts)
    overall = trained.figures.get("overall") or {"micro_f1": None}
    tell(
        f"4. Model {trained.model.version} {'trained' if trained.new else 'is up to date'}: it can suggest "
        f"{trained.to_json()['codes']} codes."
    )
    if overall["micro_f1"] is not None:
        tell(
            f"   On participants it had not seen: F1 {overall['micro_f1']:.2f}. Ten coded sources teach little: "
            f"this shows the way, not what a whole wave would give."
        )
    people = trained.figures.get("people")
    if people is not None:
        tell(
            f"   The two coders with each other, same passages: F1 {people['person']['overall']['micro_f1']:.2f}."
        )
    made = precode(parts, wave="2")
    if looked := made.segments - made.already:
        tell(f"5. Wave 2 read: {made.with_suggestion} of {looked} passages have suggested codes.")
    else:
        tell(
            f"5. All {made.segments} passages of wave 2 have suggestions of model {made.model.version} already."
        )


def into_label_studio(parts: Parts, *, port: int, tell: Tell) -> tuple[Access, list[Pushed]]:
    """Start the local Label Studio and put wave 2 into it."""
    local = LocalLabelStudio(parts.settings.state, parts.settings.label_studio_env)
    tell("6. Starting Label Studio (the first time takes up to a minute) …")
    access = start_or_share(local, port=port)
    if access.url != f"http://127.0.0.1:{port}":
        tell(f"   One runs already, at {access.url}, and is used; nothing is started on port {port}.")
    pushed = push(parts, wave="2", progress=quiet)
    there = sum(
        pushed_project.created + pushed_project.updated + pushed_project.unchanged
        for pushed_project in pushed
    )
    tell(f"   {there} passages stand there, their likeliest codes as boxes, the sure ones ticked.")
    return access, pushed


def _sources(read: Imported) -> str:
    """Such as "14 interviews, 2 documents and 2 field notes, 740 turns"."""
    counted = Counter(outcome.transcript.kind for outcome in read.read)
    parts = [f"{count} {kind.value}{'s' if count > 1 else ''}" for kind, count in counted.items()]
    turns = sum(len(outcome.transcript.turns) for outcome in read.read)
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)
    return f"{listed}, {turns} turns,"
