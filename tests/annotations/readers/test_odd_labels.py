"""Labels as people and programs also write them, each in a small file of its own."""

from __future__ import annotations

import pytest
from written import docx_of, read_as

FOUR = ("How was it?", "Slow.", "And then?", "Better.")


def _said(text: str, ending: str = ".txt") -> list[tuple[str, str]]:
    (found,) = read_as(ending, text.encode())
    assert found.account.missing == 0
    return [(turn.speaker, " ".join(turn.span.of(found.text).split())) for turn in found.turns]


@pytest.mark.parametrize(
    ("pattern", "labels"),
    [
        ("{who}: {words}\n", ("<Nurse A>", "Interviewer")),
        ("{who}: {words}\n", ("[Nurse A]", "Interviewer")),
        ("{who}: {words}\n", ("+46 70 555 01 00", "Interviewer")),
        ("{who}: {words}\n", ("1", "2")),
        ("{who}: {words}\n", ("anna", "bo")),
        (
            "{who}: {words}\n",
            ("Head nurse of the ward for long stays, North Hospital (days), second group", "Porter"),
        ),
        ("{who}:{words}\n", ("I", "P1")),
        (">> {who}: {words}\n", ("ANNA", "BO")),
        ("- **{who}:** {words}\n", ("I", "P1")),
        ("**{who}:**{words}\n\n", ("I", "P1")),
        ("### {who}\n{words}\n\n", ("Interviewer", "Nurse")),
        ("【{who}】{words}\n", ("访谈者", "护士")),
        ("[T00] [{who}] {words}\n", ("Moderator", "Anna Lind")),
        ("{who} [1.00 - 4.00]: {words}\n", ("SPEAKER_00", "SPEAKER_01")),
        ("{who}. {words}\n", ("Q", "A")),
        ("0:00:01.000,0:00:03.000\n{who}: {words}\n\n", ("Anna Lind", "Bo")),
        ("{who}\n0 minutes 3 seconds\n{words}\n", ("Anna Lind", "Bo Ek")),
        ("({who}) {words}\n", ("Speaker 1", "Speaker 2")),
        ("{who}; {words}\n", ("Anna Lind", "Bo Ek")),
        ("{who}: {words}\n", ("You", "Anna")),
        ("{who}: {words}\n", ("Me", "Them")),
        ("{who} -> {words}\n", ("Anna", "Bo")),
        ("[03/03/2026, 10:14:03] {who}: {words}\n", ("Anna", "Bo")),
        ("03.03.26, 10:14 - {who}: {words}\n", ("Anna", "+46 70 555 01 00")),
        ("{who} {words}\n", ("Interviewer", "Participant 2")),
        ("{who}\u3000{words}\n", ("聞き手", "看護師")),
        ("{who}, 0:03 {words}\n", ("Anna", "Bo")),
        ("{who} (0:03) {words}\n", ("Anna Lind", "JKG-01")),
        ("10:14:03\tFrom  {who}  to  Everyone:\n\t{words}\n", ("Anna Lind", "Bo Ek")),
        ("{who}\n10:14 AM\n{words}\n", ("Anna Lind", "Bo Ek")),
        ("{who}: 1:05 p.m.\n{words}\n", ("Anna Lind", "Bo Ek")),
    ],
)
def test_two_speakers_take_turns(pattern: str, labels: tuple[str, str]) -> None:
    """Whatever the label looks like."""
    lines = [pattern.format(who=labels[at % 2], words=words) for at, words in enumerate(FOUR)]
    text = "".join(line.replace("[T00]", f"[T{at:03d}]") for at, line in enumerate(lines))
    assert _said(text) == [(labels[at % 2], words) for at, words in enumerate(FOUR)]


def test_the_closing_lines_of_programs_are_nobodys() -> None:
    """In several languages."""
    for line in ("Transcription ended after 00:04:10", "Die Transkription wurde nach 00:04:10 beendet"):
        assert _said(f"I: How?\nP-1: So.\nI: And?\nP-1: Yes.\n\n{line}\n")[-1] == ("P-1", "Yes.")


def test_words_after_a_time_within_a_turn_are_a_turn_of_the_same_speaker() -> None:
    """The kept text is the file itself, so a turn cannot leave out a line in its middle."""
    text = "I: How?\nP-1: So.\n00:02:35\nAnd more.\nI: And?\nP-1: Yes.\n"
    assert _said(text)[1:3] == [("P-1", "So."), ("P-1", "And more.")]
    (found,) = read_as(".docx", docx_of(*text.strip().split("\n")))
    assert found.turns[1].span.of(found.text) == "So. And more."


def test_somebody_says_he_said() -> None:
    """Chinese marks no names with capitals: what ends with a verb of saying is no label."""
    text = "访谈者：怎么样？\n护士：慢。\n他说：不行。\n访谈者：然后呢？\n护士：好。\n他说：可以。\n"
    assert [speaker for speaker, _ in _said(text)] == ["访谈者", "护士", "访谈者", "护士"]


def test_the_only_label_of_a_file_asks_if_its_lines_are_questions() -> None:
    """Then what is not labelled is somebody else's."""
    text = "ANNA: What do you see?\nA button.\nANNA: And now?\nNothing.\nANNA: Why?\nNo idea.\n"
    assert [speaker for speaker, _ in _said(text)] == ["ANNA", ""] * 3


def test_a_label_that_is_too_long_is_told() -> None:
    """Its line looks like one."""
    long = "Head nurse of the ward for patients with very long stays in the North Hospital of the region, by day and night"
    (found,) = read_as(".txt", f"I: How?\n{long}: Slow.\nI: And?\nP-1: Yes.\n".encode())
    assert [(one.line, one.why) for one in found.account.near] == [
        (2, "what stands before its colon is longer than a label may be")
    ]


def test_a_mark_that_ends_a_line_is_no_part_of_the_words() -> None:
    """Unicode has spaces of many kinds, and half a bracket makes no label."""
    assert _said("P-1: \u2028 \nP-1:   a\u2028\nP-1: \u200b\u2028b\n") == [("P-1", "a"), ("P-1", "b")]
    text = "[00:00:07] JKG-01: So.\n[00:\u202800:13] Anna: And?\n[00:00:14] JKG-01: Yes.\n"
    assert [speaker for speaker, _ in _said(text)] == ["JKG-01", "JKG-01"]


def test_numbers_that_count_the_turns_are_no_part_of_a_label() -> None:
    """Questions that are numbered, or question and answer."""
    text = "Q1: How?\nA: So.\nQ2: And?\nA: Yes.\nQ3: Why?\nA: Money.\n"
    assert [speaker for speaker, _ in _said(text)] == ["Q", "A"] * 3
    text = "Anna 1: How?\nBo 1: So.\nAnna 2: And?\nBo 2: Yes.\nAnna 3: Why?\nBo 3: Money.\n"
    assert [speaker for speaker, _ in _said(text)] == ["Anna", "Bo"] * 3


def test_numbers_that_tell_people_apart_stay() -> None:
    """In a group people speak again, and not all of them in a row."""
    text = "M: How?\nP1: So.\nP2: Yes.\nP3: Hm.\nM: And?\nP2: No.\nP1: Well.\n"
    assert [speaker for speaker, _ in _said(text)] == ["M", "P1", "P2", "P3", "M", "P2", "P1"]
    text = "Moderator: How?\nP1: So.\nModerator: And?\nP2: Yes.\nModerator: Why?\nP3: Money.\n"
    assert [speaker for speaker, _ in _said(text)] == [
        "Moderator",
        "P1",
        "Moderator",
        "P2",
        "Moderator",
        "P3",
    ]


def test_somebody_whom_nobody_knows_is_somebody() -> None:
    """A question mark is a transcriber's label, beside others."""
    text = "I: How?\nP-1: So.\nI: And?\n?: Yes.\nP-1: No.\n"
    assert [speaker for speaker, _ in _said(text)] == ["I", "P-1", "I", "?", "P-1"]


@pytest.mark.parametrize(
    "label", ["R?", "P-1?", "P-1 (?)", "Nurse?", "Speaker 2 [?]", "R??", "Bo?", "[Nurse?]"]
)
def test_somebody_who_may_have_spoken_is_somebody(label: str) -> None:
    """Whoever typed it was not sure who spoke: the words are not those of whoever asked."""
    text = (
        f"I: How?\nP-1: So.\nI: And you, Bo?\n{label}: Yes.\nI: Why?\nBo: So?: that was it.\nI: Well?: yes.\n"
    )
    said = _said(text)
    assert [speaker for speaker, _ in said] == ["I", "P-1", "I", label, "I", "Bo", "I"]
    assert said[3][1] == "Yes."


@pytest.mark.parametrize("label", ["I?", "I ?", "I??", "I (?)", "I [?]"])
def test_somebody_who_perhaps_asked_is_not_coded(label: str) -> None:
    """A label with a doubt has the role of the label."""
    (read,) = read_as(".txt", f"I: How?\nP-1: So.\n{label}: Hm.\nP-1?: Well.\nI: And?\nP-1: No.\n".encode())
    assert [turn.role.is_coded for turn in read.turns] == [False, True, False, True, False, True]


def test_a_question_is_nobody() -> None:
    """A word and a question mark before a colon are somebody's words."""
    text = "I: How?\nP-1: They asked me.\nWhy?: because.\nMoney?: no.\nI: And?\nP-1: No.\n"
    assert [speaker for speaker, _ in _said(text)] == ["I", "P-1", "I", "P-1"]


def test_soft_hyphens_are_no_part_of_a_name() -> None:
    """Word puts them where a name may break."""
    text = "Inter\u00advie\u00adwer: How?\nP-1: So.\nInterviewer: And?\nP-1: Yes.\n"
    assert [speaker for speaker, _ in _said(text)] == ["Interviewer", "P-1"] * 2


def test_heads_of_pages_are_nobodys_words() -> None:
    """As copying a document leaves them; words that come again elsewhere are somebody's."""
    head = "The ward – confidential\nPage {} of 3\n"
    text = f"{head.format(1)}I: How?\nP-1: So.\n{head.format(2)}And more.\nI: And?\nP-1: Yes.\n{head.format(3)}I: Thanks.\n"
    (found,) = read_as(".txt", text.encode())
    words = [" ".join(turn.span.of(found.text).split()) for turn in found.turns]
    assert words == ["How?", "So.", "And more.", "And?", "Yes.", "Thanks."]
    assert {one.why for one in found.account.left_out} == {"the head or foot of a page"}
    assert (
        _said("I: How?\nP-1: So.\nPage 2 of the form.\nI: And?\nP-1: Yes.\n")[1][1]
        == "So. Page 2 of the form."
    )


def test_a_word_of_the_other_within_a_turn_is_shown() -> None:
    """In brackets or strokes: it stays where it is, and somebody looks."""
    for inside in ("(I: Mhm.)", "So it went. //I: Mhm.// And on."):
        (found,) = read_as(".txt", f"I: How?\nP-1: So.\n{inside}\nI: And?\nP-1: Yes.\n".encode())
        assert [(one.line, one.why) for one in found.account.near] == [
            (3, "a speaker's label stands in the middle of it")
        ]


def test_times_of_day_and_dates_are_no_names() -> None:
    """In what a program writes above, and in what people say."""
    text = "March 1, 2026, 10:15AM\n45m 3s\n\nAnna Lind   0:03\nHow?\n\nBo Ek   0:05\nAt 10:30 AM we met.\n"
    assert _said(text) == [("Anna Lind", "How?"), ("Bo Ek", "At 10:30 AM we met.")]


def test_a_semicolon_here_and_there_is_no_label() -> None:
    """Only where most lines of a file have one after a name."""
    text = "We went; nobody came.\nThe nurses; they knew.\nNothing.\nWe went; and then.\nIt rained.\n"
    assert {speaker for speaker, _ in _said(text)} == {""}


def test_a_table_with_words_in_other_columns_is_no_table_of_turns() -> None:
    """Nothing of it is left out without a word."""
    text = "Anna\thow was it\tshe smiles\nBo\tslow, all of it\tlooks away\nAnna\tand then\tnods\nBo\tbetter\tyes\n"
    (found,) = read_as(".txt", text.encode())
    assert found.account.missing == 0
    assert "she smiles" in found.turns[0].span.of(found.text)
