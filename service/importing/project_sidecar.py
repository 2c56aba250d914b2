"""What Tandem's own export says beside a project, in the file NAME.tandem.json.

A file of a stranger may lie there, so each part is looked at: what is not as Tandem writes it says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotations.codebook.codes import Codebook
from annotations.codebook.files import codebook_of_content
from annotations.coding import Condition, Influence
from annotations.codings.codings_file import PlacedCoding
from annotations.errors import BadInput
from annotations.numbers_shown import counted
from annotations.refi.beside import beside, mark_of, read_beside
from annotations.refi.guids import normal
from annotations.refi.project import RefiProject
from annotations.refi.unit_decision import OWN
from service.importing.project_reviews import BesideReview, KeptReviews, reviews_in, says_codings

# of a coding: its influence, and whether it is a concrete example
Said = tuple[Influence | None, bool]
_CONSENTS = ("may_train", "may_quote")
_REMEDY = (
    "Take the two files of one export. The project also comes in without this file, but then without influence, "
    "conditions, consents and who reviewed what; move this file to another folder for that."
)


@dataclass(frozen=True)
class Sidecar:
    """``codings``: what is said of a coding, by its GUID. ``consents``: by the source's GUID, as columns of a manifest.

    ``file``: where it lies, None where there is none; ``fault``: why it cannot be read with the project, and what to do;
    ``notes``: what to know of it; ``says_codings``: does it say which codings belong to a review. ``codebook``: the one
    that the project's codes were written of, None where nobody knows.
    """

    file: Path | None = None
    fault: str = ""
    notes: tuple[str, ...] = ()
    codings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reviews: tuple[BesideReview, ...] = ()
    says_codings: bool = False
    codebook: Codebook | None = None
    consents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read_sidecar(project: RefiProject, xml: bytes, file: Path, sent: Path | None = None) -> Sidecar:
    """What stands beside a project; nothing where there is no such file.

    ``file``: the project's; ``sent``: the file beside it, where it does not lie in the project's folder.
    """
    second = sent or beside(file)
    # a codebook alone has no file beside it, though a project of the same name may
    if file.suffix.lower() == ".qdc" or not second.is_file():
        return Sidecar()
    plain = read_beside(second)
    if plain is None:
        damaged = f"{second}: this file is damaged, or none that Tandem wrote. {_REMEDY}"
        return Sidecar(file=second, fault=damaged)
    if project.origin != OWN:
        elsewhere = (
            f"{second.name} was left out, since another program wrote {file.name} after Tandem: influence, conditions, "
            f"consents and who reviewed what do not come back."
        )
        return Sidecar(file=second, notes=(elsewhere,))
    changed = plain.get("project") not in (None, mark_of(xml))
    if not _shares_sources(plain, project) and (changed or "project" not in plain):
        other = f"{second}: this file belongs to another project than {file.name}. {_REMEDY}"
        return Sidecar(file=second, fault=other)
    since = (
        f"{file.name} is not as it was when {second.name} was written: what that file says of sources and codings that "
        f"are still there is taken, and nothing else of it."
    )
    return Sidecar(
        file=second,
        notes=(since,) if changed else (),
        codings=_of_objects(plain["codings"]),
        reviews=reviews_in(plain),
        says_codings=says_codings(plain),
        codebook=None if changed else _codebook_in(plain.get("codebook"), second),
        consents={key: dict(_consents(its)) for key, its in _of_objects(plain["sources"]).items()},
    )


def _codebook_in(plain: Any, file: Path) -> Codebook | None:
    try:
        return codebook_of_content(plain, file) if isinstance(plain, dict) else None
    except BadInput:
        return None


def _shares_sources(plain: Mapping[str, Any], project: RefiProject) -> bool:
    """Does the file say anything of a source of this project? One that speaks of no source belongs to any."""
    named = _of_objects(plain["sources"]).keys()
    return not named or any(source.guid in named for source in project.sources)


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


def beside_counts(
    beside: Sidecar, codings: Sequence[PlacedCoding], sources: Sequence[str], reviews: KeptReviews
) -> dict[str, int]:
    """How much the file beside a project adds, by what it is.

    ``codings``, ``reviews``: those that are new; ``sources``: the GUIDs of those that became transcripts.
    """
    if beside.file is None:
        return {}
    return {
        "codings with influence or as a concrete example": sum(map(_has_influence, codings)),
        "codings made with suggestions in view, or by consensus": sum(
            coding.condition is not Condition.INDEPENDENT for coding in codings
        ),
        "reviews with the codes that were found": reviews.with_codes,
        "reviews in which a coder found that no code applies": reviews.empty,
        "transcripts with their consents": sum(bool(beside.consents.get(guid)) for guid in sources),
    }


def stays_note(beside: Sidecar, known: Sequence[PlacedCoding], there: Collection[Said]) -> list[str]:
    """That codings which are here already keep what is said of them here, where the file says something else.

    ``there``: what is said here: for each coding its influence, and whether it is a concrete example.
    """
    kept = zip(known, there, strict=True)
    others = sum(
        _has_influence(coding) and said != (coding.influence, coding.concrete_example)
        for coding, said in kept
    )
    if beside.file is None or not others:
        return []
    have = counted(others, "coding that is here already keeps", "codings that are here already keep")
    return [
        f"{have} what is said here, not the influence that {beside.file.name} states. If the project came in earlier "
        f'without this file, undo that on the page "Bring in", and then bring both in together.'
    ]


def _has_influence(coding: PlacedCoding) -> bool:
    return coding.influence is not None or coding.concrete_example
