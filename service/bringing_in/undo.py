"""Taking back what came in, as long as nothing rests on it: afterwards the study is as it was before."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Table, delete, func, select

from annotations.attributes import Attribute, Owner
from annotations.errors import BadInput
from annotations.lots import lots
from annotations.numbers_shown import counted
from annotations.store.attributes import keep_attributes
from annotations.store.brought_in import (
    BroughtIn,
    BroughtItem,
    brought_in_by_id,
    items_of,
    mark_undone,
    take_out_of,
)
from annotations.store.code_counts import count_codings
from annotations.store.erasing import cascade, words_of
from annotations.store.tables import (
    annotation_reviews,
    attributes,
    brought_in_items,
    codings,
    learnt_from,
    metadata,
    review_sources,
    reviews,
    segments,
    transcripts,
    turns,
    version_passages,
)
from annotations.store.transcripts import all_texts, transcript_by_id
from annotations.study.config import read_study
from annotations.study.list_in_file import set_values
from service.bringing_in.differences import plain_cell
from service.composition import Parts

_LOT = 500
_RESTS = {
    "suggestions": "a model has made suggestions for",
    "label_studio_tasks": "were handed out to coders:",
    "reviews": "people have judged",
    "codings": "people have coded",
    "group_draws": "were drawn to judge models by:",
    "transcript_versions": "a corrected text took the place of",
    "dealt_transcripts": "were dealt to coders:",
    "drawn_segments": "were drawn for coders:",
    "chosen_quotes": "quotes were chosen from",
    "event_passages": "events of the timeline rest on",
    "summary_passages": "summaries rest on",
}


def why_it_stays(connection: Connection, brought_in: BroughtIn) -> tuple[str, ...]:
    """Why it cannot be undone, a sentence each; none where it can."""
    if brought_in.undone is not None:
        return ("It was undone already.",)
    return tuple(_reasons(connection, items_of(connection, brought_in.id), brought_in.id))


def undo(parts: Parts, record_id: UUID, *, by: str) -> BroughtIn:
    """Take it back; the caller holds the study.

    Raises BadInput with every reason why it cannot be; nothing is changed then.
    """
    words: tuple[str, ...] = ()
    with parts.store.writing() as connection:
        record_there = brought_in_by_id(connection, record_id)
        if record_there is None:
            raise BadInput("nothing was brought in under this number. The page Bring in lists all that did.")
        reasons = why_it_stays(connection, record_there)
        if reasons:
            raise BadInput("\n".join(reasons))
        items = items_of(connection, record_id)
        new = {item.transcript for item in items if item.kind == "transcript"}
        words = words_of(connection, [kept for kept in all_texts(connection) if kept.id in new])
        files = _files_as_before(parts, items)
        _take_back(connection, items)
        mark_undone(connection, record_id, by)
        for write in files:
            write()
    if words:
        parts.forget(words)
    return record_there


def undo_transcript(parts: Parts, record_id: UUID, transcript_id: UUID, *, by: str) -> str:
    """Take back one transcript of what came in together, with what came in on it; its name. The caller holds the study.

    What the import wrote into study.yaml, codebook and attributes stays. Raises BadInput with every reason why it cannot
    be; nothing is changed then.
    """
    words: tuple[str, ...] = ()
    with parts.store.writing() as connection:
        record_there = brought_in_by_id(connection, record_id)
        kept = transcript_by_id(connection, transcript_id)
        items = [] if record_there is None else items_of(connection, record_id)
        its = [item for item in items if item.transcript == transcript_id]
        if record_there is None or record_there.undone is not None or kept is None or not its:
            raise BadInput("nothing of this transcript came in under this number, or it was undone already.")
        reasons = tuple(_reasons(connection, its, record_id))
        if reasons:
            raise BadInput("\n".join(reasons))
        if any(item.kind == "transcript" for item in its):
            words = words_of(connection, [kept])
        _take_back(connection, its)
        left = Counter(item.kind for item in items if item.transcript != transcript_id)
        notes = [*record_there.what.get("notes", ()), f"{kept.transcript.name} was undone by {by}."]
        take_out_of(
            connection, record_id, transcript_id, {**record_there.what, "counts": dict(left), "notes": notes}
        )
        if not left:
            mark_undone(connection, record_id, by)
    if words:
        parts.forget(words)
    return kept.transcript.name


def _reasons(connection: Connection, items: Sequence[BroughtItem], record: UUID) -> Iterator[str]:
    replaced = sum(item.kind == "replaced" for item in items)
    if replaced:
        yield (
            f"{counted(replaced, 'transcript')} got another text or other turns, and codings moved along. Bring the earlier "
            f"file in again as a corrected one."
        )
    adopted = sum(item.kind == "adopted" for item in items)
    if adopted:
        yield f"{counted(adopted, 'coding')} that were there before became part of reviews."
    new = [item.transcript for item in items if item.kind == "transcript" and item.transcript]
    own = {item.item for item in items if item.item is not None}
    yield from _on_transcripts(connection, new, own, record)
    yield from _on_reviews(connection, own)
    yield from _on_codebook(connection, items)


def _on_transcripts(
    connection: Connection, new: Sequence[UUID], own: set[UUID], record: UUID
) -> Iterator[str]:
    cut = [
        row
        for some in lots(list(new), _LOT)
        for row in connection.execute(
            select(segments.c.id).where(segments.c.transcript_id.in_(some))
        ).scalars()
    ]
    for table in metadata.sorted_tables:
        if table in (turns, segments):
            continue
        resting = 0
        for column, ids in _pointing(table, new, cut):
            for some in lots(list(ids), _LOT):
                resting += _others(connection, table, column, some, own, record)
        if resting:
            said = _RESTS.get(table.name, f"{table.name.replace('_', ' ')} rest on")
            yield f"{said[:1].upper()}{said[1:]} its transcripts ({resting:,})."


def _pointing(
    table: Table, new: Sequence[UUID], cut: Sequence[UUID]
) -> Iterator[tuple[Column[Any], Sequence[UUID]]]:
    for key in table.foreign_keys:
        if key.column.table is transcripts:
            yield key.parent, new
        elif key.column.table is segments:
            yield key.parent, cut


def _others(
    connection: Connection,
    table: Table,
    column: Column[Any],
    some: Sequence[UUID],
    own: set[UUID],
    record: UUID,
) -> int:
    if table is brought_in_items:
        # what came in later and speaks of them
        wanted = select(func.count()).select_from(table)
        return int(
            connection.execute(wanted.where(column.in_(some), table.c.brought_in_id != record)).scalar_one()
        )
    if table in (reviews, codings):
        ids = connection.execute(select(table.c.id).where(column.in_(some))).scalars()
        return sum(row_id not in own for row_id in ids)
    return int(
        connection.execute(select(func.count()).select_from(table).where(column.in_(some))).scalar_one()
    )


def _on_reviews(connection: Connection, own: set[UUID]) -> Iterator[str]:
    ids = list(own)
    learnt = agreed = later = moved = judged = 0
    for some in lots(ids, _LOT):

        def count(column: Column[Any], some: Sequence[UUID] = some) -> int:
            return int(connection.execute(select(func.count()).where(column.in_(some))).scalar_one())

        learnt += count(learnt_from.c.item_id)
        moved += count(version_passages.c.review_id) + count(version_passages.c.coding_id)
        judged += count(annotation_reviews.c.review_id)
        agreed += _not_own(connection, review_sources.c.review_id, review_sources.c.source_id, some, own)
        later += _not_own(connection, reviews.c.id, reviews.c.supersedes, some, own)
    if learnt:
        yield "A model has learnt from its codings. Roll back or train without them first."
    if agreed:
        yield f"{counted(agreed, 'consensus rests', 'consensuses rest')} on its reviews."
    if later:
        yield f"{counted(later, 'later review takes', 'later reviews take')} the place of its reviews."
    if moved or judged:
        yield "Its reviews were moved to a corrected text, or changed in Label Studio, since."


def _not_own(
    connection: Connection,
    which: Column[Any],
    points: Column[Any],
    some: Sequence[UUID],
    own: set[UUID],
) -> int:
    return sum(
        row_id not in own for row_id in connection.execute(select(which).where(points.in_(some))).scalars()
    )


def _on_codebook(connection: Connection, items: Sequence[BroughtItem]) -> Iterator[str]:
    """Codes that came with the codebook and that people have applied since."""
    book = next((item.before for item in items if item.kind == "codebook" and item.before), None)
    if book is None:
        return
    used = count_codings(connection)
    own = sum(item.kind == "coding" for item in items)
    if sum(used.values()) > own and book["was"]:
        was = set(_codes_in(book["was"]))
        lost = [code for code in used if code not in was and code in _codes_in(book["now"])]
        if lost and not own:
            yield f"People have applied codes that came with the codebook: {', '.join(sorted(lost)[:8])}."


def _codes_in(text: str) -> set[str]:
    import yaml

    ids: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("id"), str):
                ids.add(node["id"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(yaml.safe_load(text))
    return ids


def _files_as_before(parts: Parts, items: Sequence[BroughtItem]) -> list[Callable[[], None]]:
    """What puts study.yaml and codebook.yaml back, where nobody has changed them since; called last."""
    writes: list[Callable[[], None]] = []
    study = read_study(parts.study.folder)
    lists = {}
    for item in items:
        if item.kind == "settings" and item.before is not None:
            now = getattr(study.config, item.before["key"])
            plain = dict(now) if isinstance(now, dict) else list(now)
            if plain == item.before["now"]:
                lists[item.before["key"]] = item.before["was"]
        elif item.kind == "codebook" and item.before is not None:
            file, before = parts.study.codebook_file, item.before
            if file.read_text("utf-8") == before["now"]:
                writes.append(partial(_put_back, file, before["was"]))
    if lists:

        def put_lists() -> None:
            parts.take_up(set_values(study, lists))

        writes.append(put_lists)
    return writes


def _put_back(file: Path, text: str) -> None:
    beside = file.with_name(f".{file.name}.unfinished")
    beside.write_text(text, "utf-8")
    beside.replace(file)


def _take_back(connection: Connection, items: Sequence[BroughtItem]) -> None:
    gone = {table: {item.item for item in items if item.kind == kind and item.item} for kind, table in
            (("coding", codings), ("review", reviews))}  # fmt: skip
    for table in (codings, reviews):
        for some in lots(list(gone[table]), _LOT):
            if table is reviews:
                connection.execute(delete(review_sources).where(review_sources.c.review_id.in_(some)))
            connection.execute(delete(table).where(table.c.id.in_(some)))
    new = {item.transcript for item in items if item.kind == "transcript" and item.transcript}
    if new:
        cut = set[UUID]()
        for some in lots(list(new), _LOT):
            cut |= set(
                connection.execute(select(segments.c.id).where(segments.c.transcript_id.in_(some))).scalars()
            )
        cascade(connection, {segments: cut, transcripts: new})
    for item in items:
        if item.kind == "described" and item.before is not None and item.transcript is not None:
            _describe_as_before(connection, item.transcript, item.before)
    keep_attributes(connection, list(_attributes(connection, items)))


def _describe_as_before(connection: Connection, transcript: UUID, kept: Mapping[str, Any]) -> None:
    """Where it belonged before, as far as nobody has said anything else since."""
    before = dict(kept)
    left = before.pop("now", None)
    now = connection.execute(select(transcripts).where(transcripts.c.id == transcript)).mappings().first()
    if now is None:
        return
    if left is not None:
        before = {name: value for name, value in before.items() if plain_cell(now[name]) == left[name]}
    if before.get("date"):
        before["date"] = datetime.date.fromisoformat(before["date"])
    if before:
        connection.execute(transcripts.update().where(transcripts.c.id == transcript).values(**before))


def _attributes(connection: Connection, items: Sequence[BroughtItem]) -> Iterator[Attribute]:
    """Attributes as they were, where nobody has changed them since."""
    there = {(row.of, row.owner_key, row.name): row.value for row in connection.execute(select(attributes))}
    for item in items:
        if item.kind == "attribute" and item.before is not None:
            said = item.before
            if there.get((said["of"], item.owner_key, said["name"])) == said["now"]:
                yield Attribute(Owner(said["of"]), said["owner"], said["name"], said["was"] or "")
