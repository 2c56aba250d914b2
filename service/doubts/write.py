"""Writing memos, questions and answers. Each function says what was wrong and changes nothing then."""

from __future__ import annotations

from uuid import UUID

from annotations.errors import BadInput
from annotations.names import folded
from annotations.store.cell_place import RestingPassage
from annotations.store.doubts import Doubt, DoubtAnswer, add_answer, add_doubt, take_back
from annotations.store.transcripts import transcript_by_id
from annotations.turn_numbers import shown_number
from service.access.policy import Action, may, must
from service.access.transcript_access import must_read, sees
from service.access.viewer import Viewer
from service.composition import Parts
from service.doubts.seen import SeenDoubt, cases_seen, doubt_seen

LONGEST = 10_000


class Unfit(BadInput):
    """What is wrong with one field of what was written; ``field`` says which."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def note_on_passage(
    parts: Parts, viewer: Viewer, transcript: UUID, turn: str, text: str, *, is_question: bool
) -> UUID:
    """Keep a memo or a question about a turn, counted from 1 as people see it. Raises NotAllowed, Unfit."""
    must(viewer, Action.WRITE_DOUBT)
    words = _fit(text)
    with parts.store.writing() as connection:
        kept = transcript_by_id(connection, transcript)
        if kept is None or not sees(viewer, kept.transcript):
            raise Unfit("transcript", "The study has no interview of this id any more.")
        must_read(viewer, kept.transcript)
        its = {str(shown_number(turn.index)): turn for turn in kept.transcript.turns}
        turn_there = its.get(turn.strip())
        if turn_there is None:
            raise Unfit(
                "turn", f'"{turn[:20]}" is no turn of {kept.transcript.name}: it has turns 1 to {len(its)}.'
            )
        at = RestingPassage(transcript, turn_there.span, kept.transcript.text_hash)
        return add_doubt(connection, Doubt(viewer.name, words, is_question, passage=at))


def note_on_code(parts: Parts, viewer: Viewer, code: str, text: str, *, is_question: bool) -> UUID:
    """Keep a memo or a question about a code, given by id, path or name. Raises NotAllowed, Unfit."""
    must(viewer, Action.WRITE_DOUBT)
    words = _fit(text)
    try:
        code_there = parts.codebook.resolve(code)
    except BadInput as error:
        raise Unfit("code", str(error)) from error
    with parts.store.writing() as connection:
        return add_doubt(connection, Doubt(viewer.name, words, is_question, code=code_there.id))


def note_on_case(parts: Parts, viewer: Viewer, case: str, text: str, *, is_question: bool) -> UUID:
    """Keep a memo or a question about a case. Raises NotAllowed, Unfit."""
    must(viewer, Action.WRITE_DOUBT)
    words = _fit(text)
    with parts.store.writing() as connection:
        known = cases_seen(connection, viewer)
        case_there = known.get(folded(case))
        if case_there is None:
            there = ", ".join(sorted(known.values())) or "none yet"
            raise Unfit("case", f'The study has no case "{case[:60]}". It has: {there}.')
        return add_doubt(connection, Doubt(viewer.name, words, is_question, case=case_there))


def note_on_study(parts: Parts, viewer: Viewer, text: str, *, is_question: bool) -> UUID:
    """Keep a memo or a question about the study as a whole. Raises NotAllowed, Unfit."""
    must(viewer, Action.WRITE_DOUBT)
    words = _fit(text)
    with parts.store.writing() as connection:
        return add_doubt(connection, Doubt(viewer.name, words, is_question))


def answer(parts: Parts, viewer: Viewer, doubt: UUID, text: str, *, settles: bool = False) -> UUID:
    """Keep an answer. ``settles``: the team goes by it, which a lead says. Raises NotAllowed, Unfit, BadInput."""
    must(viewer, Action.WRITE_DOUBT)
    words = _fit(text)
    if settles:
        must(viewer, Action.DECIDE_CODES)
    _there(parts, viewer, doubt)
    with parts.store.writing() as connection:
        return add_answer(connection, doubt, DoubtAnswer(viewer.name, words, settles))


def may_take_back(viewer: Viewer, seen: SeenDoubt) -> bool:
    """Its author may, and a lead."""
    return folded(seen.doubt.author) == folded(viewer.name) or may(viewer, Action.DECIDE_CODES)


def withdraw_doubt(parts: Parts, viewer: Viewer, doubt: UUID) -> None:
    """Take a memo or question back: it is shown no more. Raises NotAllowed, BadInput."""
    must(viewer, Action.WRITE_DOUBT)
    seen = _there(parts, viewer, doubt)
    if not may_take_back(viewer, seen):
        must(viewer, Action.DECIDE_CODES)
    with parts.store.writing() as connection:
        take_back(connection, doubt)


def _there(parts: Parts, viewer: Viewer, doubt: UUID) -> SeenDoubt:
    seen = doubt_seen(parts, viewer, doubt)
    if seen is None:
        raise BadInput("This memo or question is not here any more. Nothing was changed.")
    return seen


def _fit(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise Unfit("text", "Write what you want to note or to ask.")
    if len(words) > LONGEST:
        raise Unfit("text", f"This has {len(words):,} characters; {LONGEST:,} are kept. Shorten it.")
    if "\x00" in words or any("\ud800" <= sign <= "\udfff" for sign in words):
        raise Unfit(
            "text", "This holds a character that cannot be kept (a NUL, or half of one). Type it anew."
        )
    return words
