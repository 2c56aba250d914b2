"""Exports: everything that can be taken out of the study, made and then taken along with what was left out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response, status
from fastapi.responses import FileResponse

from annotations.coding import Condition
from annotations.errors import BadInput, TandemError
from annotations.store.attributes import all_attributes
from annotations.store.coders import coder_names
from annotations.store.study_places import places_in
from service.access.policy import Action
from service.all_exports import CASE, CODE, CODER, CONDITION, KINDS, NARROWED, WAVE, WHERE, Wish, kind_named
from service.all_exports import make_export as make
from service.passing_files.folders import folder_of, new_folder, read_plain, remove, write_plain
from service.web.pages import Visit, Visited, saved
from service.web.workbench.audit import audit
from service.web.workbench.given import Sent

PATH = "/exports"
_ABOUT = "about.json"
router = APIRouter(include_in_schema=False)


@router.get(PATH)
def exports(visit: Visited) -> Response:
    """All exports, each with what it is for."""
    visit.must(Action.EXPORT)
    return visit.page("workbench/exports.html", kinds=KINDS)


@router.get(f"{PATH}/of/{{key}}")
def one_export(visit: Visited, key: str) -> Response:
    """What one export can be asked."""
    visit.must(Action.EXPORT)
    return _form(visit, key)


@router.post(f"{PATH}/of/{{key}}")
def make_export(visit: Visited, sent: Sent, key: str) -> Response:
    """Make it, as its command does; it waits on a page until it is taken along."""
    visit.must(Action.EXPORT)
    kind = kind_named(key)
    narrowed = {name: sent.all(name) for name in kind.narrows}
    wish = Wish(narrowed, frozenset(name for name, _ in kind.switches if sent.ticked(name)))
    one, folder = new_folder(visit.parts, "out")
    try:
        made = make(visit.parts.read_again(), key, sent.text("ending"), folder, wish)
    except TandemError as error:
        remove(folder)
        if not isinstance(error, BadInput):
            raise
        return _form(visit, key, fault=_without(str(error), folder), chosen=narrowed)
    except BaseException:
        remove(folder)
        raise
    for file in made.files:
        file.chmod(0o600)
    plain = made.to_json() | {"key": key, "files": [file.name for file in made.files]}
    write_plain(folder / _ABOUT, plain)
    audit(visit, "exported", key)
    return saved(f"{PATH}/made/{one}")


@router.get(f"{PATH}/made/{{one}}")
def made_export(visit: Visited, one: UUID) -> Response:
    """What was made: to be taken along, and what is not in it."""
    visit.must(Action.EXPORT)
    folder, about = _made(visit, one)
    if folder is None or about is None:
        return _gone(visit)
    files = [(name, (folder / name).stat().st_size) for name in about["files"] if (folder / name).is_file()]
    return visit.page(
        "workbench/export_made.html", about=about, files=files, one=one, kind=kind_named(about["key"])
    )


@router.get(f"{PATH}/made/{{one}}/{{number}}")
def take_along(visit: Visited, one: UUID, number: int) -> Response:
    """One of its files."""
    visit.must(Action.EXPORT)
    folder, about = _made(visit, one)
    names = [] if about is None else about["files"]
    if folder is None or not 0 <= number < len(names) or not (folder / names[number]).is_file():
        return _gone(visit)
    audit(visit, "took along", f"{about['key'] if about else ''}")
    return FileResponse(folder / names[number], filename=names[number], media_type="application/octet-stream")


@router.post(f"{PATH}/made/{{one}}/delete")
def delete_export(visit: Visited, one: UUID) -> Response:
    """Delete what was made from the server."""
    visit.must(Action.EXPORT)
    folder = folder_of(visit.parts, "out", one)
    if folder is not None:
        remove(folder)
    return saved(PATH)


def _form(
    visit: Visit, key: str, *, fault: str = "", chosen: dict[str, tuple[str, ...]] | None = None
) -> Response:
    kind = kind_named(key)
    return visit.page(
        "workbench/export.html",
        kind=kind,
        choices=[(name, _TITLES[name], _choices(visit, name)) for name in kind.narrows],
        chosen=chosen or {},
        faults=fault.splitlines(),
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
    )


_TITLES = {
    WAVE: "Waves",
    CASE: "Cases",
    CODER: "Coders",
    CODE: "Codes, with those below them",
    CONDITION: "Coded how",
    WHERE: "Participants and cases with",
}
assert set(_TITLES) == set(NARROWED)  # noqa: S101 (both are ours)


def _choices(visit: Visit, name: str) -> list[tuple[str, str]]:
    parts = visit.parts
    if name == CODE:
        return [(code.path, code.path) for code in visit.request.app.state.in_force.codebook]
    if name == CONDITION:
        return [(one.value, one.value) for one in Condition]
    with parts.store.reading() as connection:
        if name == CODER:
            return [(one, one) for one in coder_names(connection).values()]
        if name == WHERE:
            known = all_attributes(connection)
            return [
                (f"{one}={value}", f"{one}: {value}")
                for one in known.names
                for value in known.values(one)[:40]
                if ";" not in value
            ]
        return [(one, one or "(none)") for one in places_in(connection)[name] if one]


def _made(visit: Visit, one: UUID) -> tuple[Path | None, dict[str, Any] | None]:
    folder = folder_of(visit.parts, "out", one)
    return folder, None if folder is None else read_plain(folder / _ABOUT)


def _gone(visit: Visit) -> Response:
    return visit.page(
        "fault.html",
        code=status.HTTP_404_NOT_FOUND,
        title="This file is not here",
        sentence="Files wait for a day to be taken along. Make it again: it takes a moment.",
    )


def _without(sentence: str, folder: Path) -> str:
    """A sentence without the folder in which we write."""
    return sentence.replace(f"{folder}/", "")
