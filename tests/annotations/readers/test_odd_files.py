"""Files as they lie about: in odd encodings, with marks of programs around, in scripts whose marks look otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook
from written import read_as

from annotations.errors import BadInput
from annotations.readers.reading import read_transcripts

TALKS = {
    "German": [
        ("Interviewerin", "Wie fing es an?"),
        ("Frau Müller", "Wir hatten kein Geld: niemand fragte uns."),
    ],
    "Italian": [("Intervistatrice", "Come è iniziato?"), ("Paolo", "Non avevamo soldi.")],
    "Spanish": [("Entrevistador", "¿Cómo empezó?"), ("María", "No teníamos dinero: nadie preguntó.")],
    "Turkish": [("Araştırmacı", "Nasıl başladı?"), ("Ayşe", "Paramız yoktu: kimse sormadı.")],
    "Icelandic": [("Spyrill", "Hvernig byrjaði þetta?"), ("Þóra", "Við áttum ekki peninga, því miður.")],
    "Russian": [("Интервьюер", "Как это началось?"), ("Анна", "У нас не было денег: никто не спросил.")],
    "Arabic": [("المحاور", "كيف بدأ الأمر؟"), ("أحمد", "لم يكن لدينا مال.")],
    "Hindi": [("साक्षात्कारकर्ता", "यह कैसे शुरू हुआ?"), ("सीता", "हमारे पास पैसे नहीं थे।")],
    "Chinese": [("访谈者", "怎么开始的？"), ("李明", "我们没有钱，没人问我们。")],
    "English": [("Interviewer", "What’s next—money?"), ("Ann O’Neill", "“Money”—that is it…")],
}


def _said(content: bytes, ending: str = ".txt") -> list[tuple[str, str]]:
    (found,) = read_as(ending, content)
    assert found.account.missing == 0
    return [(turn.speaker, turn.span.of(found.text)) for turn in found.turns]


def _lines(name: str) -> str:
    return "".join(f"{who}: {words}\n" for who, words in TALKS[name] * 3)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("German", "mac_roman"), ("Italian", "mac_roman"), ("Spanish", "mac_roman"), ("German", "cp1252"),
        ("Italian", "cp1252"), ("Spanish", "cp1252"), ("English", "cp1252"), ("Turkish", "cp1254"),
        ("Icelandic", "cp1252"), ("Russian", "cp1251"), ("Russian", "koi8_r"), ("Arabic", "cp1256"),
        ("Chinese", "gb18030"),
    ],
)  # fmt: skip
def test_an_older_encoding_is_told_by_its_letters(name: str, encoding: str) -> None:
    """Even where a few letters of a small file are all there is to tell it by."""
    assert _said(_lines(name).encode(encoding)) == TALKS[name] * 3


@pytest.mark.parametrize("name", sorted(TALKS))
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32", "utf-8-sig"])
def test_wide_characters_with_a_mark_or_without(name: str, encoding: str) -> None:
    """In a script whose letters have no zero byte too."""
    assert _said(_lines(name).encode(encoding)) == TALKS[name] * 3


def test_bytes_with_zeros_are_no_text() -> None:
    """A program's own file is refused, though some of its bytes would make signs."""
    with pytest.raises(BadInput, match="program's own format"):
        read_as(".txt", bytes(range(256)) * 40)


def test_greek_questions_end_in_what_looks_like_a_semicolon() -> None:
    """Names on lines of their own are names where one of them asks."""
    text = "Ερευνητής\nΠώς ξεκίνησε;\nΆννα\nΔεν είχαμε χρήματα.\n" * 3
    assert _said(text.encode())[:2] == [("Ερευνητής", "Πώς ξεκίνησε;"), ("Άννα", "Δεν είχαμε χρήματα.")]


def test_no_word_of_a_json_is_lost_where_turns_hold_their_words_apart() -> None:
    """Rev and Happy Scribe give each turn a list of words: the longest of these lists is not the transcript."""
    turns = [
        ("Ann", "How was it?"),
        ("Bo", "We had no money at all, and nobody asked us about it."),
        ("Ann", "And then?"),
    ]
    plain = [
        {"speaker": who, "words": [{"text": f"{word} "} for word in words.split()]} for who, words in turns
    ]
    assert _said(json.dumps(plain).encode(), ".json") == turns
    assert _said(json.dumps({"a": {"monologues": plain}}).encode(), ".json") == turns


def test_names_that_stand_apart_in_a_json_are_the_speakers() -> None:
    """An id in a segment means the name that the list of speakers gives it; one that is not listed stays."""
    plain = {
        "speakers": [{"id": 1, "name": "Ann"}, {"id": "x"}, 5],
        "segments": [{"speaker": 1, "text": "How?"}, {"speaker": 2, "text": "Well."}],
    }
    assert _said(json.dumps(plain).encode(), ".json") == [("Ann", "How?"), ("Speaker 2", "Well.")]


def test_a_workbook_without_a_sheet_of_cells_is_refused(tmp_path: Path) -> None:
    """Such as one that holds a chart alone."""
    book = Workbook()
    book.create_chartsheet("Only a chart")
    del book["Sheet"]
    book.save(tmp_path / "chart.xlsx")
    with pytest.raises(BadInput, match=r"chart\.xlsx"):
        read_transcripts(tmp_path / "chart.xlsx", interviewers=("I",))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Part 1: The beginning\n\nAnn: How?\nBo: Well.\nAnn: And?\nBo: Yes.\n", ("Ann", "How?")),
        ("I: Interviewer\nB: Befragte Person\n\nI: Wie?\nB: Gut.\nI: Und?\nB: Ja.\n", ("I", "Wie?")),
        ("I = Interviewer\nB = Befragte\n\nI: Wie?\nB: Gut.\nI: Und?\nB: Ja.\n", ("I", "Wie?")),
    ],
)
def test_what_stands_above_is_nobodys_turn(text: str, first: tuple[str, str]) -> None:
    """The name of a part, and a list of who the letters are."""
    assert _said(text.encode())[0] == first


@pytest.mark.parametrize(
    "end", ["[End of recording]", "(End)", "Ende der Aufnahme", "Slut på inspelningen", "----", "* * *"]
)
def test_the_end_is_said_by_nobody(end: str) -> None:
    """It does not go on with the last turn; words that only resemble it do."""
    talk = "Ann: How?\nBo: Well.\nAnn: And?\nBo: Yes.\n"
    assert _said(f"{talk}\n{end}\n".encode())[-1] == ("Bo", "Yes.")
    assert _said(f"{talk}The end of it all, I hope.\n".encode())[-1][1].endswith("The end of it all, I hope.")


@pytest.mark.parametrize(
    "note",
    [
        "Prices: 3 = three, 4 = four.\nA house  with two rooms.\nNothing else  was there.\n",
        "The ward  is cold.\nThe ward  is dark.\nNobody came | nobody asked.\n",
    ],
)
def test_spaces_and_strokes_in_running_text_are_no_labels(note: str) -> None:
    """A document stays one."""
    assert {speaker for speaker, _ in _said(note.encode())} == {""}


def test_comments_of_google_docs_are_nobodys_words() -> None:
    """They stand below the text, and a letter in brackets where each belongs; both are told."""
    body = (
        '<p>Anna: How?</p><p>Bo: Slow<a href="#cmnt1">[a]</a> enough.</p><p>Anna: And?</p><p>Bo: Yes.</p>'
        '<div><p><a href="#cmnt_ref1">[a]</a><span>check this</span></p><p>and that</p></div>'
    )
    (found,) = read_as(".html", f"<html><body>{body}</body></html>".encode())
    assert [turn.span.of(found.text) for turn in found.turns] == ["How?", "Slow enough.", "And?", "Yes."]
    assert [(one.where, one.words) for one in found.account.left_out] == [("comments", 6)]
    assert found.account.missing == 0


def test_a_turn_of_one_word_ends_without_a_space() -> None:
    """Programs that list words and marks apart: no space stands before a full stop, also where none is listed."""
    says = [
        ("Anna", ["How", " ", "was", " ", "it", "?"]),
        ("Bo", ["Yes", "."]),
        ("Bo", ["No", "...", "Well", "!"]),
    ]
    plain = [{"speaker": who, "elements": [{"value": word} for word in words]} for who, words in says]
    assert _said(json.dumps(plain).encode(), ".json") == [("Anna", "How was it?"), ("Bo", "Yes. No... Well!")]
