"""What a file is, guessed from its ending, the names of its columns or what it holds; people correct it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from annotations.codebook.column_names import define_codes, is_known
from annotations.codebook.program_tables import find_layout
from annotations.codebook.turned_tables import upright_grids
from annotations.codebook.word_tables import grids_of_word, is_codebook
from annotations.codings.read_codings import read_codings
from annotations.errors import BadInput
from annotations.names import folded
from annotations.refi.beside import is_beside
from annotations.sheets.grids import Grid, grids_of
from annotations.sheets.sheet import own_names
from service.bringing_in.uploads import Kind

NAMES: Mapping[Kind, str] = {
    "transcript": "a transcript",
    "manifest": "a table of where transcripts belong",
    "codings": "codings",
    "participants": "a table of participants or cases",
    "codebook": "a codebook",
    "project": "a project of another program",
    "beside": "what stands beside a project",
}
_BY_ENDING: Mapping[str, Kind] = {
    ".qdpx": "project",
    ".qde": "project",
    ".qdc": "codebook",
    ".qda": "codings",
    ".yaml": "codebook",
    ".yml": "codebook",
}
_TABLES = (".csv", ".tsv", ".xlsx", ".jsonl")
_LOOKED_AT = 30
_DEFINING = {"definition", "use_when", "framework", "parent"}


def kind_of(file: Path) -> Kind:
    """What this file is, as far as can be seen."""
    if is_beside(file):
        return "beside"
    ending = file.suffix.lower()
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    if ending == ".docx" and _is_codebook_in_word(file):
        return "codebook"
    return _of_table(file) if ending in _TABLES else "transcript"


def _is_codebook_in_word(file: Path) -> bool:
    """Does a table of the document define codes?"""
    try:
        grids = grids_of_word(file)
    except BadInput:
        return False
    heads = [{folded(cell).replace(" ", "_") for cell in grid.rows[0][1]} for grid in grids]
    return any("code" in columns and columns & _DEFINING for columns in heads) or is_codebook(file)


def _of_table(file: Path) -> Kind:
    try:
        grids = list(grids_of(file))
    except BadInput:
        return "transcript"
    heads = [
        {folded(cell).replace(" ", "_") for cell in cells if cell}
        for grid in grids
        for _, cells in grid.rows[:_LOOKED_AT]
    ]
    for columns in heads:
        if {"speaker", "text"} <= columns:
            return "transcript"
        if "file" in columns and columns & {
            "case",
            "site",
            "wave",
            "participant",
            "kind",
            "may_train",
            "may_quote",
        }:
            return "manifest"
        if {"transcript", "code"} <= columns:
            return "codings"
        if "code" in columns and columns & _DEFINING:
            return "codebook"
    try:
        read_codings(file, coder="?")  # who coded may be said beside the file
    except BadInput:
        pass
    else:
        return "codings"
    if any(
        columns & {"participant", "participants", "participant_id", "informant", "case"} for columns in heads
    ):
        return "participants"
    return "codebook" if _lists_codes(upright_grids(grids)) else "transcript"


def _lists_codes(grids: Sequence[Grid]) -> bool:
    """Do tables define codes: by columns, as a program exports its codes, or side by side as a tree?"""
    if define_codes(grids):
        return True
    there = find_layout(grids)
    if there is None:
        return False
    grid, at, layout = there
    tree = isinstance(layout, tuple)
    return not tree or any(is_known(name, "definition") for name in own_names(grid.rows[at][1], {}))
