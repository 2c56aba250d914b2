"""What a task shows: nothing read as HTML, context with a limit, and each suggestion with its reasons."""

from __future__ import annotations

from annotations.label_studio.task_data import (
    EvidenceQuote,
    Links,
    Reason,
    ShownSegment,
    SpokenNear,
    hash_of,
    task_data,
)

EVIL = '<img src=x onerror="alert(1)"> & <b>"so"</b>'


def test_nothing_that_somebody_said_is_read_as_html() -> None:
    """Words, speakers, header and evidence are escaped; lines stay lines."""
    shown = ShownSegment(
        "id", "t", f"{EVIL}\nnext", EVIL, "turn 1 of 2", participant="P-1", before=(SpokenNear(EVIL, EVIL),)
    )
    data = task_data(shown, [Reason(EVIL, EVIL, EVIL, EVIL, (EvidenceQuote(EVIL, EVIL),))], EVIL)
    for key in ("words", "before", "after", "why"):
        assert "<img" not in data[key]
    assert "<br>next" in data["words"]


def test_the_header_says_where_we_are() -> None:
    """Participant, case, site, wave, time and place in the transcript; what is not known is left out."""
    shown = ShownSegment(
        "id", "t", "w", "s", "turn 3 of 9", participant="P-1", case="C", wave="2", time="0:01:05"
    )
    assert task_data(shown, [], "")["header"] == ("<b>P-1</b> · t · C · wave 2 · 0:01:05 · turn 3 of 9")
    alone = ShownSegment("id", "t", "w", "s", "turn 3 of 9", participant="t", passage="passage 1 of 4")
    assert task_data(alone, [], "")["header"] == "<b>t</b> · turn 3 of 9 · passage 1 of 4"


def test_the_header_leads_to_the_whole_interview() -> None:
    """Beside the place stand the interview at this place, and the definitions; nothing that could be old."""
    links = Links("http://t/i?key=a&b#turn-3", "http://t/c?key=x")
    header = task_data(ShownSegment("id", "t", "w", "s", "turn 3 of 9", links=links), [], "")["header"]
    assert "href='http://t/i?key=a&amp;b#turn-3'" in header
    assert "<img" not in header
    assert "done" not in header
    assert header.index("whole interview") < header.index("definitions")


def test_the_list_of_passages_shows_plain_words() -> None:
    """No marks of HTML, on one line, and not without end."""
    data = task_data(
        ShownSegment("id", "Ada's first", "It's <late>\nand " + "long " * 80, "s", "turn 3 of 9"), [], ""
    )
    assert (data["interview"], data["turn"]) == ("Ada's first", "turn 3 of 9")
    assert data["passage"].startswith("It's <late> and long")
    assert len(data["passage"]) <= 162


def test_boxes_are_always_there() -> None:
    """Label Studio refuses a task without the key, so a blind one has an empty list."""
    shown = ShownSegment("id", "t", "w", "s", "p")
    assert task_data(shown, [], "")["candidates"] == []
    box = {"value": "Money", "alias": "money"}
    assert task_data(shown, [], "", [box])["candidates"] == [box]


def test_a_long_neighbour_is_shortened_in_its_middle() -> None:
    """Context has a limit; the passage itself never."""
    long = " ".join(f"word{at}" for at in range(400))
    data = task_data(ShownSegment("id", "t", long, "s", "p", before=(SpokenNear("A", long),)), [], "")
    assert "word399" in data["words"]
    assert "word200 " in data["words"]
    assert "[…]" in data["before"]
    assert "word200 " not in data["before"]
    assert "word399" in data["before"]


def test_a_change_of_what_is_shown_changes_the_hash() -> None:
    """Otherwise a push would leave old evidence standing."""
    assert hash_of({"why": "a"}) != hash_of({"why": "b"})
    assert hash_of({"a": "1", "b": "2"}) == hash_of({"b": "2", "a": "1"})


def test_each_suggestion_has_its_reasons() -> None:
    """What the code means, the sentence that carries it, and what people coded so, in this order."""
    shown = ShownSegment("id", "t", "w", "s", "p")
    reason = Reason(
        "Money",
        "right about 7 times in 10",
        "What it costs.",
        "It cost a lot.",
        (EvidenceQuote("Dear.", "P-2"),),
    )
    why = task_data(shown, [reason], "")["why"]
    parts = ["Money", "7 times in 10", "What it costs.", "It cost a lot.", "Dear.", "P-2"]
    places = [why.index(part) for part in parts]
    assert places == sorted(places)


def test_what_is_not_known_of_a_suggestion_leaves_no_empty_line() -> None:
    """Without a sentence, a definition or a quote there is just the code."""
    why = task_data(ShownSegment("id", "t", "w", "s", "p"), [Reason("Money")], "")["why"]
    assert why.count("<div") == 1
    assert "Carried by" not in why
