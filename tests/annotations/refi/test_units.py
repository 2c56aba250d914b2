"""In which unit another program counted is found on the passages themselves, in all scripts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from refi_projects import TALK

from annotations.refi.counting import BOM, Counting, RawText
from annotations.refi.project import RefiSelection
from annotations.refi.unit_decision import UnitEvidence, decide_unit, habit_of, span_of
from annotations.transcript import Span

WORDS = (
    "no money",
    "nobody asked us",
    "nurses from Jönköping",
    "people stayed",
    "It was good",
    "for everybody",
)
_NO_SPACES = (
    "我们没有钱也没有人问过我们的意见" * 4,
    "お金がなくて誰も聞いてくれませんでした" * 4,
    "เราไม่มีเงินและไม่มีใครถามเรา" * 4,
)
_SIGNS = ["a", "é", " ", "\n", "\r\n", "日", "\U0001f600", "e\u0301", "ع"]
_RAW = st.lists(st.sampled_from(_SIGNS), max_size=30).map("".join)


def _passage(start: int, end: int, words: str = "") -> RefiSelection:
    return RefiSelection(f"{start}-{end}", start, end, words)


def _as_counted(raw: RawText, counting: Counting, *spans: Span) -> list[RefiSelection]:
    positions = raw.positions(counting)
    return [_passage(positions.of(span.start), positions.of(span.end)) for span in spans]


@given(_RAW, st.booleans())
@settings(max_examples=60)
def test_each_place_comes_back_in_each_way_of_counting(text: str, bom: bool) -> None:
    """The position of every place of a text means that place again, as a beginning and as an end."""
    raw = RawText(f"{BOM}{text}" if bom else text)
    assert "\r" not in raw.text
    for counting in raw.countings():
        positions = raw.positions(counting)
        for place in range(len(raw.text) + 1):
            assert positions.start(positions.of(place)) == place
            assert positions.end(positions.of(place)) == place
        assert positions.start(positions.of(len(raw.text)) + 1) is None


def test_utf16_counts_and_crlf_counts_are_what_python_counts() -> None:
    """An independent count: the length of the encoded text before a place."""
    raw = RawText(TALK.replace("\n", "\r\n"))
    place = raw.text.index("for everybody")
    before = raw.text[:place].replace("\n", "\r\n")
    assert raw.positions(Counting(True, "as written")).of(place) == len(before.encode("utf-16-le")) // 2
    assert raw.positions(Counting(False, "as written")).of(place) == len(before)


def test_the_unit_is_found_whichever_it_is() -> None:
    """Of a text with CR LF, a BOM and characters beyond the first plane, each way of counting is recognised."""
    raw = RawText(BOM + TALK.replace("\n", "\r\n"))
    spans = [Span(raw.text.index(words), raw.text.index(words) + len(words)) for words in WORDS]
    assert len(raw.countings()) == 8
    for counting in raw.countings():
        passages = _as_counted(raw, counting, *spans)
        found = decide_unit(raw, passages)
        assert found.counting is not None
        assert [span_of(raw.positions(found.counting), one) for one in passages] == spans, counting
        assert found.whole == len(spans)
        assert found.sure, counting


def test_a_text_that_was_not_coded_fits_in_no_way() -> None:
    """Passages that begin and end within words, or beyond the text, are refused as a whole."""
    raw = RawText(TALK * 8)
    within = [at for at in range(4, len(raw.text) - 20) if raw.text[at - 1 : at + 9].isalpha()]
    passages = [_passage(at, at + 4) for at in within[:12]]
    assert len(passages) == 12
    assert decide_unit(raw, passages).counting is None
    assert decide_unit(raw, [_passage(10**6, 10**6 + 5)] * 3).counting is None


def test_the_recorded_words_decide_where_the_edges_cannot() -> None:
    """One passage that cuts a word, with its words on record, says which unit it is."""
    raw = RawText("\U0001f600" * 3 + "Jönköping")
    (wrong, right) = (_passage(8, 12, "nköp"), _passage(5, 9, "nköp"))
    assert decide_unit(raw, [wrong]).counting == Counting(True)
    assert decide_unit(raw, [right]).counting == Counting(False)
    found = decide_unit(raw, [right])
    assert found.recorded == (1, 1)


def test_scripts_without_spaces_are_no_evidence_against() -> None:
    """In Chinese, Japanese and Thai people select within a row of letters, and that is taken as it is."""
    for text in _NO_SPACES:
        found = decide_unit(RawText(text), [_passage(at, at + 3) for at in range(1, 40, 3)])
        assert found.counting is not None
        assert found.sure


def test_where_nothing_tells_the_program_does() -> None:
    """One passage that fits two ways as well: NVivo for Windows counts UTF-16 units, others code points; it is said."""
    raw = RawText("\U0001f600 a a a a a")
    windows = decide_unit(raw, [_passage(6, 7)], "NVivo 12.6 for Windows")
    other = decide_unit(raw, [_passage(6, 7)], "QualCoder")
    assert (windows.counting, other.counting) == (Counting(True), Counting(False))
    assert not windows.sure
    assert not other.sure


def test_a_source_with_one_passage_goes_by_the_others_of_the_project() -> None:
    """One program counts all its sources alike: what one passage cannot tell, a few other sources tell together."""
    texts = [BOM + TALK.replace("\n", "\r\n").replace("money", f"money{'!' * n}") for n in range(len(WORDS))]
    for counting in RawText(texts[0]).countings():
        each = []
        for text, words in zip(
            texts, ("nobody", "nurses", "people", "stayed", "It was", "good"), strict=True
        ):
            raw = RawText(text)
            span = Span(raw.text.index(words), raw.text.index(words) + len(words))
            each.append((raw, span, _as_counted(raw, counting, span)))
        habit = habit_of(UnitEvidence(raw, passages) for raw, _, passages in each)
        for raw, span, passages in each:
            found = decide_unit(raw, passages, habit=habit)
            assert found.counting is not None
            assert span_of(raw.positions(found.counting), passages[0]) == span, counting


def test_a_source_of_its_own_kind_is_judged_by_its_own_passages() -> None:
    """What the other sources say never outweighs what a source's own passages say clearly."""
    raw = RawText(TALK.replace("\n", "\r\n"))
    spans = [Span(raw.text.index(words), raw.text.index(words) + len(words)) for words in WORDS]
    as_utf16 = _as_counted(raw, Counting(True, "as written"), *spans)
    habit = habit_of([UnitEvidence(raw, _as_counted(raw, Counting(), *spans))] * 20)
    assert decide_unit(raw, as_utf16, habit=habit).counting == Counting(True, "as written")


def test_no_passages_need_no_decision() -> None:
    """A source that nobody coded, and passages without length."""
    raw = RawText(TALK)
    assert decide_unit(raw, []).counting == Counting()
    assert decide_unit(raw, [_passage(5, 5), RefiSelection("x", None, None)]).passages == 0
