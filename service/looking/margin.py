"""An interview as its reader sees it whole: the turns, and in the margin codes, suggestions, memos and doubts that she
may see.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Condition
from annotations.segment import Segment, judged
from annotations.store.doubts import Doubt, all_doubts
from annotations.store.loose_codings import loose_codings
from annotations.store.segments import segments_of
from annotations.store.transcripts import KeptTranscript, transcript_by_id
from annotations.transcript import Span, Turn
from annotations.turn_numbers import shown_number
from service.access.policy import Action, may
from service.access.transcript_access import about, must_read, sees
from service.access.viewer import Viewer, ViewerRole
from service.composition import Parts
from service.looking.margin_suggestions import MarginSuggestion, suggestions_by_turn
from service.looking.my_work import tasks_by_turn
from service.looking.seen_passages import SeenPassages
from service.looking.skipped_passages import skipped_by_turn, spellings_of


@dataclass(frozen=True, slots=True)
class MarginCode:
    """A code in the margin. ``code``: its id; ``label``: its name; ``to_turn``: where it ends, if not in this turn."""

    coder: str
    code: str
    label: str
    memo: str = ""
    said: str = ""
    own: bool = False
    to_turn: int | None = None


@dataclass(frozen=True, slots=True)
class MarginTurn:
    """A turn with its margin. ``number``: as people count. ``passages`` of it are to be coded, and ``done`` of them she
    has judged herself. ``task``: where she codes it in Label Studio. ``suggestions``: the model's. ``skipped``: does she
    skip a passage of it, and ``saved``: were codes saved in one that she skips, which do not count? ``nothing``: has she
    judged all of it and found no code?
    """

    number: int
    speaker: str
    text: str
    passages: int
    done: int
    codes: tuple[MarginCode, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    task: str | None = None
    suggestions: tuple[MarginSuggestion, ...] = ()
    skipped: bool = False
    saved: bool = False
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class MarginInterview:
    """An interview for one reader."""

    id: UUID
    name: str
    participant: str
    case: str
    site: str
    wave: str
    date: str
    turns: tuple[MarginTurn, ...]

    @property
    def passages(self) -> int:
        """How many passages there are to code."""
        return sum(turn.passages for turn in self.turns)

    @property
    def done(self) -> int:
        """How many of them the reader has judged."""
        return sum(turn.done for turn in self.turns)


def read_with_margin(parts: Parts, viewer: Viewer, transcript: UUID) -> MarginInterview | None:
    """The interview for this reader; None if there is none that she may know of. Raises NotAllowed where she may not."""
    with parts.store.reading() as connection:
        kept = transcript_by_id(connection, transcript)
        if kept is None or not sees(viewer, kept.transcript):
            return None
        must_read(viewer, kept.transcript)
        cut = segments_of(connection, parts.segmentation.version, transcript=transcript).get(transcript, ())
        seen = SeenPassages.now(connection, viewer, kept)
        coded = [segment.span for segment in cut if segment.role.is_coded]
        codes = _codes(connection, viewer, kept, coded, seen, parts.codebook)
        doubts = seen_doubts(viewer, kept, coded, seen, all_doubts(connection, transcript=transcript))
        codes_here = may(viewer, Action.CODE)
        tasks = tasks_by_turn(connection, parts.settings, viewer.name, transcript) if codes_here else {}
        names = spellings_of(connection, viewer.name) if tasks else []
        skipped = skipped_by_turn(connection, names, transcript, parts.segmentation.version)
        suggested = suggestions_by_turn(connection, kept, seen, parts.codebook)
        done = _own_done(cut, seen)
        nothing = _own_without_code(connection, viewer, kept, cut, seen, done)
    return _interview(kept, cut, done, codes, doubts, tasks, suggested, skipped, nothing)


def shows_coding(
    viewer: Viewer, kept: KeptTranscript, touched: Sequence[Span], seen: SeenPassages, coder: str, span: Span
) -> bool:
    """May the viewer see a code that this coder put there? Only if she may of every passage that it touches.

    ``touched``: the passages to be coded that share words with the span.
    """
    if seen.is_own(coder):
        # her own first codes would sway those of a passage that she is to judge again
        again = viewer.role is not ViewerRole.LEAD and any(
            seen.waits_for_viewer(segment_span) for segment_span in touched or [span]
        )
        return not again and may(viewer, Action.SEE_OWN_CODES, about(viewer, kept.transcript))
    if viewer.role is ViewerRole.LEAD:
        return may(viewer, Action.SEE_OTHERS_CODES, about(viewer, kept.transcript))
    return all(
        may(
            viewer,
            Action.SEE_OTHERS_CODES,
            about(viewer, kept.transcript, own_is_in=seen.own_is_in(segment_span)),
        )
        for segment_span in touched or [span]
    )


def touched_by(span: Span, coded: Sequence[Span]) -> list[Span]:
    """Those of these passages, given in their order, that share words with a span."""
    first = bisect_left(coded, span.start, key=lambda segment_span: segment_span.end)
    last = bisect_left(coded, span.end, key=lambda segment_span: segment_span.start)
    return [segment_span for segment_span in coded[first:last] if segment_span.overlap(span)]


def seen_doubts(
    viewer: Viewer, kept: KeptTranscript, coded: Sequence[Span], seen: SeenPassages, doubts: Sequence[Doubt]
) -> tuple[Doubt, ...]:
    """Those of these doubts about passages of the transcript that the viewer may see: what one says of a passage may
    tell what its writer coded there.
    """
    return tuple(
        doubt
        for doubt in doubts
        if doubt.passage is not None
        and (
            doubt.passage.span is None
            or seen.is_own(doubt.author)
            or _shows_doubt(viewer, kept, coded, seen, doubt, doubt.passage.span)
        )
    )


def _shows_doubt(
    viewer: Viewer, kept: KeptTranscript, coded: Sequence[Span], seen: SeenPassages, doubt: Doubt, span: Span
) -> bool:
    return shows_coding(viewer, kept, touched_by(span, coded), seen, doubt.author, span)


def _codes(
    connection: Connection,
    viewer: Viewer,
    kept: KeptTranscript,
    coded: Sequence[Span],
    seen: SeenPassages,
    codebook: Codebook,
) -> list[tuple[Span, MarginCode]]:
    codings: list[tuple[str, Condition, Coding]] = []
    for review in seen.reviews:
        if seen.shows(review):
            codings += [(review.coder, review.condition, coding) for coding in review.codings]
    loose = loose_codings(connection, transcript=kept.id)
    codings += [(loose_coding.coder, loose_coding.condition, loose_coding.coding) for loose_coding in loose]
    shown = []
    for coder, condition, coding in codings:
        touched = touched_by(coding.span, coded)
        if not shows_coding(viewer, kept, touched, seen, coder, coding.span):
            continue
        label = codebook.label(coding.code) if coding.code in codebook.by_id else coding.code
        said = [coding.influence or "", "concrete example" if coding.concrete_example else ""]
        said.append(condition.value if condition.derived else "")
        margin_code = MarginCode(
            coder, coding.code, label, coding.memo, ", ".join(filter(None, said)), seen.is_own(coder)
        )
        shown.append((coding.span, margin_code))
    # her own first
    return sorted(shown, key=lambda placed_code: (not placed_code[1].own, placed_code[0].start))


def _own_done(cut: Sequence[Segment], seen: SeenPassages) -> set[int]:
    own = [
        review.span
        for review in seen.reviews
        if seen.is_own(review.coder) and review.only is None and not review.condition.derived
    ]
    return judged([segment.span for segment in cut], own)


def _own_without_code(
    connection: Connection,
    viewer: Viewer,
    kept: KeptTranscript,
    cut: Sequence[Segment],
    seen: SeenPassages,
    done: Collection[int],
) -> set[int]:
    """The passages that she has judged and in which she found no code, but those that she is to judge again."""
    coded = [c.span for review in seen.reviews if seen.is_own(review.coder) for c in review.codings]
    coded += [c.coding.span for c in loose_codings(connection, transcript=kept.id) if seen.is_own(c.coder)]
    return {
        at
        for at in done
        if not any(span.overlap(cut[at].span) for span in coded)
        and (viewer.role is ViewerRole.LEAD or not seen.waits_for_viewer(cut[at].span))
    }


def _interview(
    kept: KeptTranscript,
    cut: Sequence[Segment],
    done: set[int],
    codes: Sequence[tuple[Span, MarginCode]],
    doubts: Sequence[Doubt],
    tasks: Mapping[int, str],
    suggested: Mapping[int, tuple[MarginSuggestion, ...]],
    skipped: Mapping[int, bool],
    nothing: Collection[int],
) -> MarginInterview:
    passages: dict[int, list[int]] = {}
    for at, segment in enumerate(cut):
        if segment.role.is_coded:
            passages.setdefault(segment.turn, []).append(at)
    t, text_hash = kept.transcript, kept.transcript.text_hash
    turns = []
    for turn in t.turns:
        own = passages.get(turn.index, [])
        turns.append(
            MarginTurn(
                number=shown_number(turn.index),
                speaker=turn.speaker,
                text=turn.span.of(t.text),
                passages=len(own),
                done=sum(at in done for at in own),
                codes=tuple(
                    _ending(code, span, turn, t.turns) for span, code in codes if _begins(span, turn)
                ),
                doubts=tuple(doubt for doubt in doubts if _is_about(doubt, turn, text_hash)),
                task=tasks.get(turn.index),
                suggestions=suggested.get(turn.index, ()),
                skipped=turn.index in skipped,
                saved=skipped.get(turn.index, False),
                nothing=bool(own) and all(at in nothing for at in own),
            )
        )
    date = "" if t.date is None else t.date.isoformat()
    return MarginInterview(kept.id, t.name, t.participant, t.case, t.site, t.wave, date, tuple(turns))


def _begins(span: Span, turn: Turn) -> bool:
    return turn.span.start <= span.start < turn.span.end


def _is_about(doubt: Doubt, turn: Turn, text_hash: str) -> bool:
    at = doubt.passage
    if at is None or at.span is None or at.text_hash != text_hash:
        return False
    return _begins(at.span, turn)


def _ending(margin_code: MarginCode, span: Span, turn: Turn, turns: Sequence[Turn]) -> MarginCode:
    if span.end <= turn.span.end:
        return margin_code
    last = max(other.index for other in turns if other.span.start < span.end)
    return margin_code if last == turn.index else replace(margin_code, to_turn=shown_number(last))
