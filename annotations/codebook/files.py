"""Codebooks from YAML, CSV, XLSX and Word files, and codebook.yaml out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from annotations.codebook.code_values import carriers_said, names_said, select_said, yes_said
from annotations.codebook.codes import FRAMEWORK_ROLES, TEXTS, Codebook
from annotations.codebook.column_names import named_as_ours, with_own_names
from annotations.codebook.draft import CodeDraft, FrameworkDraft, a_name, assemble
from annotations.codebook.nested_rows import NOT_NESTED, nest_as_written
from annotations.codebook.plain_yaml import entries, mapping, plain_yaml, text
from annotations.codebook.program_tables import (
    BESIDE_LEVELS,
    Listed,
    find_layout,
    in_order,
    level_codes,
    program_codes,
)
from annotations.codebook.sheets_of_codes import about_sheets, sheets_of_codes
from annotations.codebook.turned_tables import upright_grids
from annotations.codebook.word_tables import tables_of_codes
from annotations.errors import BadInput, unknown
from annotations.names import folded
from annotations.sheets.content import decode, read_bytes
from annotations.sheets.grids import Grid, grids_of
from annotations.sheets.safe_cells import text_of_safe
from annotations.sheets.sheet import MOST_ABOVE, Sheet, SheetRow, own_names, sheet_in, what_was_not_read

# the C emitter writes the same, six times as fast
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_COLUMNS = ("framework", "parent", *TEXTS, "select", "id", "applicable")
_TOP_KEYS = ("name", "description", "sources", "influence", "frameworks", "codes")
_FRAMEWORK_KEYS = ("id", "name", "role", "select", "description", "codes")
_CODE_KEYS = ("id", "code", "parent", *TEXTS, "color", "applicable", "carried_by", "names", "codes")
_UNNAMED = "Codes"


def shipped_codebooks() -> tuple[str, ...]:
    """The names of the codebooks that come with Tandem."""
    folder = files("annotations") / "codebook" / "shipped"
    return tuple(
        sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml"))
    )


@cache
def shipped_codebook(name: str) -> Codebook:
    """A codebook that comes with Tandem, read once; raises UnknownName."""
    if name not in shipped_codebooks():
        raise unknown("codebook", name, shipped_codebooks())
    return read_codebook(Path(str(files("annotations") / "codebook" / "shipped" / f"{name}.yaml")))


def read_codebook(file: Path) -> Codebook:
    """Read a codebook by its ending. Raises BadInput that names the file, the row or key, and the remedy."""
    return codebook_from(file).codebook


@dataclass(frozen=True)
class FromFile:
    """A codebook as a file holds it, and sentences about how it was read and what of the file was not."""

    codebook: Codebook
    notes: tuple[str, ...] = ()


def codebook_from(file: Path) -> FromFile:
    """Read a codebook by its ending, with what is to know of it. Raises BadInput as ``read_codebook``."""
    ending = file.suffix.lower()
    if ending in (".yaml", ".yml"):
        return FromFile(_read_yaml(file))
    if ending in (".csv", ".xlsx"):
        return _read_table(file, list(grids_of(file)))
    if ending == ".docx":
        return _read_table(file, tables_of_codes(file))
    raise BadInput(
        f'{file}: a codebook with the ending "{ending}" is not read. Give .yaml, .csv, .xlsx or .docx.'
    )


def write_codebook(codebook: Codebook, file: Path) -> None:
    """Write codebook.yaml, whole or not at all."""
    body = yaml.dump(codebook.content(), Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=110)
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        unfinished.write_text(body, "utf-8")
        os.replace(unfinished, file)  # noqa: PTH105 (atomic, also over a file that is there)
    finally:
        unfinished.unlink(missing_ok=True)


@dataclass
class _ListedCodes:
    """Codes listed one by one, each with its framework's name; ``closed``: no further frameworks may be named."""

    frameworks: dict[str, FrameworkDraft] = field(default_factory=dict)
    drafts: list[CodeDraft] = field(default_factory=list)
    closed: bool = False

    def framework(self, given: str, select: str, where: str) -> FrameworkDraft:
        name = a_name(given or _UNNAMED, where, "a framework")
        framework_draft = self.frameworks.get(folded(name))
        if framework_draft is None and self.closed:
            known = [framework.name for framework in self.frameworks.values()]
            raise unknown("framework", given, known, where=where, remedy="Name one of those listed.")
        if framework_draft is None:
            framework_draft = self.frameworks[folded(name)] = FrameworkDraft(name)
        if select:
            framework_draft.say_select(select_said(select, where), where)
        return framework_draft


def _read_table(file: Path, as_written: Sequence[Grid]) -> FromFile:
    grids = upright_grids(as_written)
    layout_there = find_layout(grids)
    # what has columns of ours beside the code is ours, unless the tree stands in columns side by side
    if layout_there is None or (not isinstance(layout_there[2], tuple) and _is_own(grids)):
        return _own_table(file, with_own_names(grids))
    grid, head, layout = layout_there
    if grid.fault:
        raise BadInput(grid.fault)
    Sheet(str(file), (), (), hidden=grid.hidden).refuse_hidden()
    if isinstance(layout, tuple):
        own_grid = named_as_ours(grid, head, layout, BESIDE_LEVELS)
        table = level_codes(own_grid, head, layout, str(file))
    else:
        own_grid = named_as_ours(grid, head, layout.names, layout.lacks)
        table = program_codes(own_grid, head, layout, str(file))
    notes = [f"{file.name} is read as {table.program}."] if table.program else []
    listed, headings = in_order(table)
    beside = [own_grid if other is grid else other for other in grids]
    notes += [
        *table.notes,
        *headings,
        *what_was_not_read(beside, own_grid, head),
        *_not_read(table.ignored),
    ]
    return FromFile(_of_tree(listed, file), tuple(notes))


def _is_own(grids: Sequence[Grid]) -> bool:
    heads = (set(own_names(cells, {})) for grid in grids for _, cells in grid.rows[:MOST_ABOVE])
    return any("code" in names and names & set(_COLUMNS) for names in heads)


def _of_tree(listed: Sequence[tuple[Listed, bool]], file: Path) -> Codebook:
    listing = _ListedCodes()
    by_path: dict[tuple[str, ...], CodeDraft] = {}
    above: list[tuple[CodeDraft, tuple[str, ...]]] = []
    for listed_code, has_row in listed:
        where = f"{file}, row {listed_code.row}"
        draft = CodeDraft(
            name=a_name(listed_code.name, where, "a code"),
            framework=listing.framework("", listed_code.cells.get("select", ""), where),
            where=where,
            id=listed_code.cells.get("id", ""),
            applicable=has_row and yes_said(listed_code.cells.get("applicable", ""), where),
            texts={key: listed_code.cells[key] for key in TEXTS if listed_code.cells.get(key)},
        )
        by_path.setdefault(tuple(map(folded, (*listed_code.above, listed_code.name))), draft)
        above.append((draft, tuple(map(folded, listed_code.above))))
        listing.drafts.append(draft)
    for draft, path in above:
        draft.above = by_path.get(path)
    if not listing.drafts:
        raise BadInput(f"{file} holds no codes. Below the first row every row is a code.")
    return assemble(file.stem, tuple(listing.frameworks.values()), listing.drafts, file=str(file))


def _own_table(file: Path, grids: Sequence[Grid]) -> FromFile:
    listing = _ListedCodes()
    by_sheet = sheets_of_codes(grids) if file.suffix.lower() == ".xlsx" else []
    looked_in = [[grid] for grid in by_sheet] or [list(grids)]
    sheets = [
        sheet_in(some, file, required=("code",), optional=_COLUMNS).refuse_hidden() for some in looked_in
    ]
    nestings = []
    for sheet, some in zip(sheets, looked_in, strict=True):
        name = some[0].name if by_sheet else ""
        place = f'{file}, sheet "{name}"' if name else str(file)
        drafts = list(_drafts(listing, sheet, place, name))
        # a column of parents says it, also where it is empty
        plain = len({draft.framework.name for draft in drafts}) == 1 and "parent" not in sheet.columns
        nestings.append(nest_as_written(drafts, sheet, file) if plain else NOT_NESTED)
        listing.drafts.extend(drafts)
    if not listing.drafts:
        raise BadInput(f"{file} holds no codes. Below the first row every row is a code.")
    made = assemble(file.stem, tuple(listing.frameworks.values()), listing.drafts, file=str(file))
    ignored = dict.fromkeys(
        sheet.headings.get(column, column)
        for sheet, nested in zip(sheets, nestings, strict=True)
        for column in sheet.ignored
        if column != nested.column
    )
    notes = [
        *(about_sheets(grids, by_sheet) if by_sheet else ()),
        *dict.fromkeys(note for nested in nestings for note in nested.notes),
    ]
    unread = dict.fromkeys(note for sheet in sheets for note in sheet.unread)
    return FromFile(made, (*notes, *unread, *_not_read(tuple(ignored))))


def _drafts(listing: _ListedCodes, sheet: Sheet, place: str, name: str) -> Iterator[CodeDraft]:
    """The codes of a table; ``name``: the framework where the table names none."""
    for given in sheet.rows:
        row = SheetRow(given.number, {key: text_of_safe(cell) for key, cell in given.cells.items()})
        where = f"{place}, row {row.number}"
        if not row["code"]:
            raise BadInput(f'{where}: the column "code" is empty. Every row names a code.')
        yield CodeDraft(
            name=a_name(row["code"], where, "a code"),
            framework=listing.framework(row["framework"] or name, row["select"], where),
            where=where,
            parent=row["parent"],
            id=row["id"],
            applicable=yes_said(row["applicable"], where),
            texts={key: row[key] for key in TEXTS if row[key]},
        )


def _not_read(columns: Sequence[str]) -> tuple[str, ...]:
    if not columns:
        return ()
    verb = "column was" if len(columns) == 1 else "columns were"
    return (f"{len(columns)} {verb} not read: {', '.join(columns).rstrip('.')}.",)


def _read_yaml(file: Path) -> Codebook:
    return _from_words(decode(read_bytes(file), str(file)), file)


def codebook_of_content(content: Mapping[str, Any], file: Path) -> Codebook:
    """The codebook whose ``content()`` stands in a file; raises BadInput where it is none."""
    try:
        words = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False)
    except yaml.YAMLError:
        raise BadInput(f"{file}: its codebook cannot be read.") from None
    return _from_words(words, file)


def _from_words(words: str, file: Path) -> Codebook:
    plain = plain_yaml(words, str(file))
    # a bare list is the list of codes, as a table's rows are
    top = mapping({"codes": plain} if isinstance(plain, list) else plain, _TOP_KEYS, str(file))
    listing = _ListedCodes()
    for at, entry in enumerate(entries(top.get("frameworks"), f"{file}, frameworks"), start=1):
        _add_framework(listing, entry, f"{file}, framework {at}", str(file))
    listing.closed = bool(listing.frameworks)
    for at, entry in enumerate(entries(top.get("codes"), f"{file}, codes"), start=1):
        _add_listed(listing, entry, f"{file}, code {at}", str(file))
    if not listing.frameworks:
        raise BadInput(f'{file} holds no codes. Expected "frameworks:" with codes in them, or "codes:".')
    sources = mapping(top.get("sources"), None, f"{file}, sources")
    return assemble(
        text(top.get("name"), f"{file}, name") or file.stem,
        tuple(listing.frameworks.values()),
        listing.drafts,
        file=str(file),
        description=text(top.get("description"), f"{file}, description"),
        sources=MappingProxyType({key: text(value, f"{file}, sources") for key, value in sources.items()}),
        influence=yes_said(text(top.get("influence"), f"{file}, influence") or "no", str(file), "influence"),
    )


def _add_framework(listing: _ListedCodes, entry: Any, where: str, file: str) -> None:
    given = mapping(entry, _FRAMEWORK_KEYS, where)
    name = a_name(text(given.get("name") or given.get("id"), where), where, "a framework")
    where = f'{file}, framework "{name}"'
    if folded(name) in listing.frameworks:
        raise BadInput(f"{where}: it stands there twice. Put its codes together, or rename one.")
    role = text(given.get("role"), where)
    if role and role not in FRAMEWORK_ROLES:
        raise BadInput(f'{where}: role "{role}" is not known; it is one of {", ".join(FRAMEWORK_ROLES)}.')
    select = text(given.get("select"), where)
    framework = FrameworkDraft(
        name=name,
        id=text(given.get("id"), where),
        role=role,
        select=select_said(select, where) if select else "many",
        select_where=where if select else "",
        description=text(given.get("description"), where),
    )
    listing.frameworks[folded(name)] = framework
    listing.drafts.extend(_nested(given.get("codes"), framework, None, where))


def _add_listed(listing: _ListedCodes, entry: Any, where: str, file: str) -> None:
    given = mapping(entry, (*_CODE_KEYS, "framework", "select"), where)
    where = f'{file}, code "{text(given.get("code"), where)}"'
    framework = listing.framework(
        text(given.get("framework"), where), text(given.get("select"), where), where
    )
    plain = {key: value for key, value in given.items() if key not in ("framework", "select")}
    listing.drafts.extend(_nested([plain], framework, None, file))


def _nested(
    given: Any, framework: FrameworkDraft, above: CodeDraft | None, where: str
) -> Iterator[CodeDraft]:
    for at, entry in enumerate(entries(given, f"{where}, codes"), start=1):
        if isinstance(entry, dict) and "name" in entry and "code" not in entry:
            write = f"code: {str(entry['name'])[:60]}"
            raise BadInput(f'{where}, code {at}: a code is called by "code", not by "name". Write "{write}".')
        its = mapping(entry, _CODE_KEYS, f"{where}, code {at}")
        name = a_name(text(its.get("code"), f"{where}, code {at}"), f"{where}, code {at}", "a code")
        here = f'{where}, code "{name}"'
        draft = CodeDraft(
            name=name,
            framework=framework,
            where=here,
            parent=text(its.get("parent"), here),
            id=text(its.get("id"), here),
            applicable=yes_said(text(its.get("applicable"), here), here),
            carried_by=carriers_said(its.get("carried_by"), here),
            texts={
                key: words for key in (*TEXTS, "color") if (words := text(its.get(key), f"{here}, {key}"))
            },
            names=names_said(its.get("names"), f"{here}, names"),
            above=above,
        )
        yield draft
        yield from _nested(its.get("codes"), framework, draft, here)
