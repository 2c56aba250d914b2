"""Start and end that another program counted: told by the quotes beside them, and never wrong in silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from builders import a_transcript
from coded_rows import codings_file, placed_rows

# a letter of two UTF-16 units early on, and several line ends
TALK = a_transcript(
    "JKG-01",
    "How did the ward take to it? 🙂",
    "Slowly, because nobody had asked the night shift.",
    "What helped?",
    "Two colleagues who had seen it elsewhere.",
)
PASSAGES = ("nobody had asked", "the night shift", "Two colleagues", "had seen it", "elsewhere")
HEAD = "transcript,coder,code,start,end"


def _utf16(text: str, at: int) -> int:
    return len(text[:at].encode("utf-16-le")) // 2


def _both_ends(text: str, at: int) -> int:
    return at + text.count("\n", 0, at)


def _utf8(text: str, at: int) -> int:
    return len(text[:at].encode())


def _as_ours(_: str, at: int) -> int:
    return at


def _rows(count: Callable[[str, int], int], passages: tuple[str, ...] = PASSAGES) -> list[tuple[object, ...]]:
    begins = [(TALK.text.index(words), words) for words in passages]
    return [
        ("JKG-01", "Ines", "money", count(TALK.text, at), count(TALK.text, at + len(words)), words)
        for at, words in begins
    ]


@pytest.mark.parametrize("count", [_utf16, _both_ends, _as_ours])
def test_quotes_tell_how_offsets_were_counted(tmp_path: Path, count: Callable[[str, int], int]) -> None:
    """In UTF-16 units, or with a line end as two: the passages are the quotes, and the import says so."""
    file = codings_file(tmp_path, *_rows(count), head=f"{HEAD},quote")
    placed = placed_rows(file, transcripts={"jkg-01": TALK})
    assert placed.faults == []
    assert [coding.span.of(TALK.text) for coding in placed.codings] == list(PASSAGES)
    assert any("as its quotes show" in note for note in placed.notes) is (count is not _as_ours)


def test_offsets_without_quotes_that_cut_words_are_refused(tmp_path: Path) -> None:
    """Nothing is guessed: the sentence says how they seem to be counted, and what to do."""
    file = codings_file(tmp_path, *(row[:5] for row in _rows(_utf16)), head=HEAD)
    placed = placed_rows(file, transcripts={"jkg-01": TALK})
    assert placed.codings == []
    assert {fault.column for fault in placed.faults} == {"start"}
    assert "UTF-16 units" in placed.faults[0].reason
    assert "a column quote" in placed.faults[0].reason


def test_a_few_cut_words_are_told_and_kept(tmp_path: Path) -> None:
    """Somebody may have marked half a word; the first such row is named."""
    rows = [row[:5] for row in _rows(_as_ours)]
    rows[2] = (*rows[2][:3], int(str(rows[2][3])) + 1, rows[2][4])
    placed = placed_rows(codings_file(tmp_path, *rows, head=HEAD), transcripts={"jkg-01": TALK})
    assert placed.faults == []
    assert placed.codings[2].span.of(TALK.text) == "wo colleagues"
    assert any("1 passage begins or ends within a word" in note and "row 4" in note for note in placed.notes)


@pytest.mark.parametrize(
    ("count", "by", "said"),
    [
        (_as_ours, (1, 0), "in code points from 1, the last one included"),
        (_as_ours, (1, 1), "in code points from 1"),
        (_utf8, (0, 0), "in bytes of UTF-8 from 0"),
        (_utf8, (1, 0), "in bytes of UTF-8 from 1, the last one included"),
        (_both_ends, (1, 1), "in code points from 1, every line end as two"),
    ],
)
def test_bytes_and_counts_from_one_are_named(
    tmp_path: Path, count: Callable[[str, int], int], by: tuple[int, int], said: str
) -> None:
    """As R and awk count: with quotes they are read so, without them the sentence says how they seem to be counted."""
    passages = ("ward take", *PASSAGES)  # before the letter of two units as well
    rows = [
        (*row[:3], int(str(row[3])) + by[0], int(str(row[4])) + by[1], row[5])
        for row in _rows(count, passages)
    ]
    placed = placed_rows(codings_file(tmp_path, *rows, head=f"{HEAD},quote"), transcripts={"jkg-01": TALK})
    assert placed.faults == []
    assert [coding.span.of(TALK.text) for coding in placed.codings] == list(passages)
    assert [note for note in placed.notes if "as its quotes show" in note] == [
        f'start and end of "JKG-01" count {said}, as its quotes show; they were read so.'
    ]
    bare = placed_rows(
        codings_file(tmp_path, *(row[:5] for row in rows), head=HEAD), transcripts={"jkg-01": TALK}
    )
    assert bare.codings == []
    assert f"counted {said}, none would" in bare.faults[0].reason


def test_shortened_quotes_tell_as_whole_ones_do(tmp_path: Path) -> None:
    """As people shorten them, with dots."""
    rows = [(*row[:5], f"{str(row[5])[:8]}…") for row in _rows(_utf16)]
    placed = placed_rows(codings_file(tmp_path, *rows, head=f"{HEAD},quote"), transcripts={"jkg-01": TALK})
    assert placed.faults == []
    assert [coding.span.of(TALK.text) for coding in placed.codings] == list(PASSAGES)


def test_a_script_without_spaces_cuts_no_words(tmp_path: Path) -> None:
    """Nothing there tells words apart, so nothing speaks against these passages."""
    talk = a_transcript("JKG-01", "開始してから病棟では誰も夜勤の人に聞きませんでした")
    at = talk.text.index("病棟")
    rows = [("JKG-01", "Ines", "money", at + begin, at + begin + 3) for begin in range(5)]
    placed = placed_rows(codings_file(tmp_path, *rows, head=HEAD), transcripts={"jkg-01": talk})
    assert placed.faults == []
    assert len(placed.codings) == 5
    assert not any("within a word" in note for note in placed.notes)


def test_one_wrong_quote_among_right_offsets_is_its_own_fault(tmp_path: Path) -> None:
    """Offsets that count as ours do stay, and the row is named."""
    rows = _rows(_as_ours)
    rows[1] = (*rows[1][:5], "some other words")
    placed = placed_rows(codings_file(tmp_path, *rows, head=f"{HEAD},quote"), transcripts={"jkg-01": TALK})
    assert [fault.row for fault in placed.faults] == [3]
    assert len(placed.codings) == 4


def test_words_that_are_not_from_start_to_end_are_a_fault(tmp_path: Path) -> None:
    """The advice is to leave the offsets empty, not the quote that shows that they are wrong."""
    row = ("JKG-01", "Ines", "money", 0, 5, "Two colleagues")
    (fault,) = placed_rows(
        codings_file(tmp_path, row, head=f"{HEAD},quote"), transcripts={"jkg-01": TALK}
    ).faults
    assert "leave start and end empty" in fault.reason


def test_a_number_that_a_spreadsheet_keeps_for_a_date_is_named(tmp_path: Path) -> None:
    """It counts days from 1900 or from 1904, so nothing is guessed."""
    row = ("JKG-01", "Ines", "money", 1, 45123)
    (fault,) = placed_rows(codings_file(tmp_path, row, head="transcript,coder,code,turn,created")).faults
    assert "in which a spreadsheet keeps a date" in fault.reason


def test_several_codes_of_a_passage_may_be_a_list_in_json(tmp_path: Path) -> None:
    """As programs write them."""
    file = tmp_path / "a.jsonl"
    file.write_text(
        '{"transcript": "JKG-01", "coder": "Ines", "code": ["money", "people"], "turn": 1}', "utf-8"
    )
    assert {coding.code for coding in placed_rows(file).codings} == {"money", "people"}
