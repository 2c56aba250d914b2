"""Questions that look other than the answers: two speakers whom nobody names."""

from __future__ import annotations

from collections.abc import Sequence

from annotations.readers.colon_labels import ColonLabels
from annotations.readers.label_forms import Form, LabelMark, asks_something
from annotations.readers.looks import HEADING
from annotations.readers.text_lines import TextLines

_MOST = 0.7
_QUESTIONS = 0.6
_QUESTIONS_BESIDE = 0.3
_LEAST = 2
_SAID = {"bold": "in bold type", "italic": "in italics", "underlined": "underlined"}


def questions_by_look(lines: TextLines) -> ColonLabels:
    """Paragraphs of one look that mostly are questions are the interviewer's, the others the participant's; none if no
    look parts them so. Where answers alone have a look, the plain ones ask.
    """
    filled = [at for at in lines.filled if at in lines.opens]
    asked = {at for at in filled if asks_something(lines.texts[at].rstrip("*_"))}
    looks = sorted({look for at in filled for look in lines.looks.get(at, ())}, key=_order)
    readings: list[tuple[int, list[int], str, bool]] = []
    for look in looks:
        bear = [at for at in filled if look in lines.looks.get(at, ())]
        others = [at for at in filled if look not in lines.looks.get(at, ())]
        for chosen, rest, with_it in ((bear, others, True), (others, bear, False)):
            if _ask(chosen, rest, asked):
                readings.append((sum(at in asked for at in chosen), chosen, look, with_it))
    if not readings:
        return ColonLabels()
    _, chosen, look, with_it = max(readings, key=lambda reading: reading[0])
    return _labels(filled, frozenset(chosen), look, with_it=with_it)


def _ask(chosen: Sequence[int], rest: Sequence[int], asked: set[int]) -> bool:
    questions, beside = sum(at in asked for at in chosen), sum(at in asked for at in rest)
    return (
        _LEAST <= len(chosen) <= _MOST * (len(chosen) + len(rest))
        and questions >= max(_LEAST, _QUESTIONS * len(chosen))
        and beside <= _QUESTIONS_BESIDE * len(rest)
    )


def _labels(filled: Sequence[int], chosen: frozenset[int], look: str, *, with_it: bool) -> ColonLabels:
    starts = [
        Form(at, LabelMark.LOOK, "Interviewer" if at in chosen else "Participant", 0)
        for place, at in enumerate(filled)
        if place == 0 or (at in chosen) != (filled[place - 1] in chosen)
    ]
    if filled and filled[0] not in chosen:
        starts = starts[1:]  # a title
    bear, lack = f"its lines are {_words(look)}", f"its lines are not {_words(look)}"
    ask, answer = (bear, lack) if with_it else (lack, bear)
    return ColonLabels(
        tuple(starts), {"interviewer": f"{ask}, and most are questions", "participant": answer}
    )


def _order(look: str) -> tuple[int, str]:
    return (list(_SAID).index(look) if look in _SAID else len(_SAID), look)


def _words(look: str) -> str:
    """A look as it is said: "color c00000" is "in another colour"."""
    if look in _SAID:
        return _SAID[look]
    if look == HEADING:
        return "headings"
    kind, _, which = look.partition(" ")
    return {"color": "in another colour", "indent": "indented as much"}.get(kind, f'in the style "{which}"')
