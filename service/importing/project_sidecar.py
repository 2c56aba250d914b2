"""What Tandem's own export says beside a project, in the file NAME.tandem.json, and the reviews without a code of it.

A file of a stranger may lie there, so each part is looked at: what is not as Tandem writes it says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.coding import Condition, Draw, Review
from annotations.codings.coding_cells import condition_in
from annotations.names import fault_of_name
from annotations.numbers_shown import counted
from annotations.refi.guids import normal
from annotations.store.codebook_versions import keep_codebook
from annotations.store.loose_codings import loose_codings
from annotations.store.reviews import add_reviews, current_reviews
from annotations.transcript import Span

_MOST = 300_000_000
_CONSENTS = ("may_train", "may_quote")


@dataclass(frozen=True, slots=True)
class Looked:
    """A review in which a coder found that no code applies. ``only``, ``decides``: GUIDs of codes, None for all."""

    source: str
    coder: str
    span: Span
    condition: Condition
    only: frozenset[str] | None = None
    decides: frozenset[str] | None = None


@dataclass(frozen=True)
class Sidecar:
    """``codings``: what is said of a coding, by its GUID. ``consents``: by the source's GUID, as columns of a manifest."""

    codings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    looked: tuple[Looked, ...] = ()
    consents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read_sidecar(file: Path) -> Sidecar:
    """What stands beside a project; nothing where there is no such file."""
    beside = file.with_suffix(".tandem.json")
    try:
        if not beside.is_file() or beside.stat().st_size > _MOST:
            return Sidecar()
        plain = json.loads(beside.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return Sidecar()
    if not isinstance(plain, dict):
        return Sidecar()
    codings, sources, reviews = (plain.get(key) for key in ("codings", "sources", "empty_reviews"))
    return Sidecar(
        codings=_of_objects(codings),
        looked=tuple(_looked_in(reviews if isinstance(reviews, list) else [])),
        consents={key: dict(_consents(its)) for key, its in _of_objects(sources).items()},
    )


def _of_objects(plain: Any) -> dict[str, Mapping[str, Any]]:
    items = plain.items() if isinstance(plain, dict) else ()
    return {normal(str(key)): value for key, value in items if isinstance(value, dict)}


def _consents(plain: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in _CONSENTS:
        if isinstance(plain.get(key), bool):
            yield key, "yes" if plain[key] else "no"
    sites = plain.get("visible_to")
    if isinstance(sites, list) and sites and all(isinstance(site, str) and site.strip() for site in sites):
        yield "visible_to", ";".join(sites)


def _looked_in(plain: Sequence[Any]) -> Iterator[Looked]:
    for entry in plain:
        try:
            start, end, coder = entry["start"], entry["end"], entry["coder"]
            if not (type(start) is int and type(end) is int and 0 <= start < end and isinstance(coder, str)):
                continue
            if fault_of_name(coder) is None:
                condition = condition_in(str(entry.get("condition", "")))
                only, decides = (_guids(entry.get(key)) for key in ("only", "decides"))
                yield Looked(normal(str(entry["source"])), coder, Span(start, end), condition, only, decides)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue


def _guids(plain: Any) -> frozenset[str] | None:
    return frozenset(normal(str(guid)) for guid in plain) if isinstance(plain, list) else None


def keep_looked(
    connection: Connection,
    looked: Sequence[Looked],
    *,
    place: Callable[[Looked], tuple[UUID, Span] | None],
    coder: Callable[[str], str | None],
    codes: Mapping[str, str | None],
    codebook: Codebook,
    file: str,
) -> int:
    """Keep the reviews without a code; returns how many are new.

    ``place``: the transcript here and the span in it, None where it is not taken; ``coder``: who that is here. A passage
    of which the coder has said something here already keeps what is said there. Of a code that has come since, or is
    none of these here, such a review says nothing.
    """
    version = keep_codebook(connection, codebook)
    judged: dict[UUID, dict[str, list[Span]]] = {}
    new = []
    for place_looked in looked:
        at, name = place(place_looked), coder(place_looked.coder)
        if at is None or name is None:
            continue
        transcript, span = at
        spans = judged.setdefault(transcript, _judged(connection, transcript)).setdefault(name, [])
        if any(span.overlap(other) for other in spans):
            continue
        new.append(
            Review(
                transcript,
                name,
                span,
                condition=place_looked.condition,
                draw=Draw.ORDINARY,
                codebook_version=version,
                origin={"import": file},
                only=_said_of(place_looked, codes, codebook),
                id=uuid4(),
            )
        )
    add_reviews(connection, new)
    return len(new)


def _judged(connection: Connection, transcript: UUID) -> dict[str, list[Span]]:
    spans_of: dict[str, list[Span]] = {}
    for review in current_reviews(connection, transcript=transcript):
        spans_of.setdefault(review.coder, []).append(review.span)
    for loose in loose_codings(connection, transcript=transcript):
        spans_of.setdefault(loose.coder, []).append(loose.coding.span)
    return spans_of


def _said_of(judged: Looked, codes: Mapping[str, str | None], codebook: Codebook) -> frozenset[str] | None:
    """The codes here that the review says something of; None for every code."""
    given = judged.decides if judged.only is None else judged.only
    if given is None:
        return None
    every = frozenset(code.id for code in codebook.applicable)
    here: Collection[str] = {ours for guid in given if (ours := codes.get(guid)) is not None}
    return None if judged.only is None and every <= set(here) else frozenset(here)


def looked_note(new: int) -> list[str]:
    """What is said of them."""
    if not new:
        return []
    have = counted(
        new,
        "review in which a coder found that no code applies came",
        "reviews in which a coder found that no code applies came",
    )
    return [f"{have} from the file beside the project."]
