"""Times that stand in speakers' labels: they are times, and every turn keeps its speaker."""

from __future__ import annotations

import pytest
from written import docx_of, read_as

from annotations.readers.label_times import timed_label

SAID = ("Who ran the ward then?", "Two of us did.", "And at night?", "Nobody, to be honest.")
LETTERS = ("00m 04s", "00m 09s", "01m 12s", "1h02m")
CLOCKS = ("0:04", "0:09", "1:12", "1:02:00")


def _read(pattern: str, times: tuple[str, ...], ending: str = ".txt") -> list[tuple[str, float | None, str]]:
    lines = [
        pattern.format(who=("Voice 1", "Voice 2")[at % 2], at=times[at], words=words)
        for at, words in enumerate(SAID)
    ]
    content = "".join(lines).encode() if ending != ".docx" else docx_of(*(line.strip() for line in lines))
    (read,) = read_as(ending, content)
    assert read.account.missing == 0
    return [(turn.speaker, turn.begins, " ".join(turn.span.of(read.text).split())) for turn in read.turns]


EXPECTED = [
    ("Voice 1", 4, SAID[0]),
    ("Voice 2", 9, SAID[1]),
    ("Voice 1", 72, SAID[2]),
    ("Voice 2", 3720, SAID[3]),
]


@pytest.mark.parametrize("times", [LETTERS, CLOCKS])
@pytest.mark.parametrize(
    "pattern",
    [
        "{who} ({at}): {words}\n",
        "{who} [{at}]: {words}\n",
        "{who} (at {at}): {words}\n",
        "[{at}] {who}: {words}\n",
        "[{at}] - {who} -: {words}\n",
        "{who} at {at}: {words}\n",
        "{who} / {at}: {words}\n",
        "{who}, {at}: {words}\n",
        "{who} ({at}) -: {words}\n",
        "{who} [{at}] /: {words}\n",
        "[{who} at {at}]: {words}\n",
        "**{who}** ({at}): {words}\n",
        "**{who} ({at}):** {words}\n",
        "{who} | {at} | {words}\n",
        "[{who} {at}] {words}\n",
        "{who} ({at})\n{words}\n\n",
        "{who} at {at}\n{words}\n\n",
        "{who}\n{at}\n{words}\n\n",
    ],
)
def test_times_of_labels(pattern: str, times: tuple[str, ...]) -> None:
    """Wherever the time stands and however it is written."""
    assert _read(pattern, times) == EXPECTED


def test_times_of_labels_in_word() -> None:
    """A Word document is read by the same rule."""
    assert _read("{who} ({at}): {words}\n", LETTERS, ".docx") == EXPECTED


def test_times_in_a_column_of_speakers() -> None:
    """In a table too, where no column says when."""
    (read,) = read_as(
        ".csv",
        b"speaker,text\nVoice 1 (00m 04s),Who?\nVoice 2 [0:09],We.\nVoice 1 (1:12),When?\nVoice 2 - 1h02m,At night.\n",
    )
    assert [(turn.speaker, turn.begins) for turn in read.turns] == [(who, at) for who, at, _ in EXPECTED]


@pytest.mark.parametrize(
    "label",
    [
        "P-1",
        "JKG-FL-01",
        "Nurse (24h)",
        "Group 10:30",
        "Ward 5",
        "+46 70 555 01 00",
        "Anna (night shift)",
        "Pat",
    ],
)
def test_labels_without_a_time_stay(label: str) -> None:
    """Numbers, codes and shifts are no times."""
    assert timed_label(label).label == label


def test_a_stray_stroke_is_no_part_of_a_label() -> None:
    """Nor is a dash before the colon."""
    text = "Voice 1 /: Who?\nVoice 2 -: We did.\nVoice 1 /: When?\nVoice 2: At night.\n"
    (read,) = read_as(".txt", text.encode())
    assert [turn.speaker for turn in read.turns] == ["Voice 1", "Voice 2", "Voice 1", "Voice 2"]


def test_a_length_of_time_that_is_said_stays() -> None:
    """Words of a turn lose nothing."""
    text = "I: How long?\nP: 5 min 20 s was the record, at 10:30: nobody was faster (2 min)!\n"
    (read,) = read_as(".txt", text.encode())
    assert [turn.span.of(read.text) for turn in read.turns] == [
        "How long?",
        "5 min 20 s was the record, at 10:30: nobody was faster (2 min)!",
    ]
