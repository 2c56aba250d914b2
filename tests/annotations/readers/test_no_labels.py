"""What looks like a label and is none: nothing is dropped, nobody is invented, and what was nearly one is told."""

from __future__ import annotations

import pytest
from written import docx_of, odt_of, read_as

from annotations.readers.labels_in_study_yaml import LabelRules, LineRule
from annotations.readers.spoken import ReadTranscript
from annotations.readers.text import read_text

WHO = ("Interviewer", "Moderator", "I")
RUNNING = {
    "a phrase with a colon": "We opened at nine.\nPeople waited.\nWhat struck me most: the silence.\nThen it was noon.\n",
    "a short form": "so it went on\nand nobody paid\nI'm: tired of it\nand they knew\n",
    "a form to fill in": "Setting: a room\nPeople: three nurses\nMood: calm\nWeather: rain\nThe day went on.\n",
    "headings that come again": "Our plan\n\nAim: to save money.\nHard.\nAim: to be kind.\nNobody knew.\nMethod: ask.\n",
    "days": "Monday: we met.\nTuesday: we talked.\nMonday: we met again.\n",
    "times of day": "10:30 Meeting with the ward.\n11:00 Lunch.\n12:00 Meeting: budget.\n13:00 Walk.\n",
    "a quotation late in a note": "The ward was quiet and nobody came before nine.\nWe sat behind the kitchen an "
    "hour.\nThen I asked.\nNurse: It will not work.\nShe left.\nI went home.\n",
    "minutes": "Present: Anna, Bo\nApologies: none\n1. Budget: no money.\n2. Plan: later.\n3. Staff: two.\n",
    "a letter": "Dear Anna:\n\nthank you for the visit.\nWe liked it: very much.\n\nPS: come again\n",
    "addresses": "https://example.org: see there\nhttps://example.org: and there\n",
    "verses": "John 3:16 says so\nMark 1:1 too\n",
    "German": "Wir kamen um neun.\nWas mir auffiel: der Lärm.\nNiemand sprach.\nDanach gingen wir.\n",
    "Swedish": "Vi kom klockan nio.\nDet som slog mig: ljudet.\nIngen talade.\nSedan gick vi.\n",
    "French": "Nous sommes arrivés.\nCe qui m'a frappé : le bruit.\nPersonne ne parlait.\n",
}


def _read(text: str, lines: LineRule = LineRule.FOUND) -> ReadTranscript:
    (found,) = read_text(text.encode(), name="x", file="x.txt", interviewers=WHO, rules=LabelRules((), lines))
    return found


def _said(found: ReadTranscript) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.span.of(found.text)) for turn in found.turns]


@pytest.mark.parametrize("what", RUNNING)
def test_running_text_has_no_speakers_and_keeps_its_words(what: str) -> None:
    """Every word stands in a turn of nobody's."""
    found = _read(RUNNING[what])
    assert {turn.speaker for turn in found.turns} == {""}
    assert (found.account.kept, found.account.words_left_out) == (found.account.words_in, 0)


@pytest.mark.parametrize(
    "phrase",
    ["What we lacked: time.", "the main thing: money.", "So I said to him: no.", "Problem: there is none.",
     "To sum up: fine.", "For example: beds.", "https://example.org: there.", "Dear all: no.", "10:30 Meeting: late."],
)  # fmt: skip
def test_a_phrase_within_an_answer_stays_in_it(phrase: str) -> None:
    """The answer goes on."""
    found = _read(f"Interviewer: How was it?\nP-01: Well\n{phrase}\nInterviewer: And?\nP-01: Yes.\n")
    assert _said(found)[1] == ("P-01", f"Well\n{phrase}")


@pytest.mark.parametrize(
    "head",
    [
        "Date: 3 March 2026\nDuration: 45 min\n",
        "Interview 7\nInterviewer: Ada Lind\nParticipant: P-01\nDate: 3 March\n\n",
        "Interviewer: Ada Lind\nP-01: JKG-14\n\n",
        "Date: 3 March\nInterviewer: Ada Lind\nP-01: Tom Lee\n",
        "Date: 3 March\nInterviewer: Ada Lind\n",
        "Date: 3 March\n\nInterviewer: Ada Lind\n\n",
        "Interviewer: Ada Lind\nDate: 3 March\n",
        "Datum: 3. März\nDauer: 45 Minuten\nOrt: Station 9\n",
        "Spring Talk: Second Round - Transcript\n",
    ],
)
def test_what_stands_above_an_interview_is_said_by_nobody(head: str) -> None:
    """It is left out, and told."""
    found = _read(f"{head}Interviewer: How was it?\nP-01: Slow.\nInterviewer: And?\nP-01: Yes.\n")
    assert [speaker for speaker, _ in _said(found)] == ["Interviewer", "P-01", "Interviewer", "P-01"]
    assert found.account.before_first == found.account.words_left_out > 0
    assert found.account.missing == 0


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("", ["Guten Tag", "Guten Morgen"]),
        ("", ["A", "A"]),
        ("Date: 3 March", ["Guten Tag", "Nur langsam."]),
        ("Date: 3 March", ["Tom Lee", "Tom Lee"]),
        ("Date: 3 March", ["how was it", "slow"]),
        ("Interviewer: Ada Lind\nDate: 3 March", ["how was it", "slow"]),
        ("Participant: P-01\nDate: 3 March", ["how was it", "slow"]),
    ],
)
@pytest.mark.parametrize("break_", ["\n", "\n\n"])
@pytest.mark.parametrize("ending", [".txt", ".docx", ".odt", ".rtf", ".html"])
def test_the_first_short_words_are_no_head(ending: str, break_: str, head: str, said: list[str]) -> None:
    """Nothing shows that they stand above the interview: no line of the head, no blank line below them alone."""
    lines = [*head.split("\n")] if head else []
    lines += [
        f"{('Interviewer', 'P-01')[at % 2]}: {words}" for at, words in enumerate([*said, "and", "gone"])
    ]
    (read,) = read_as(ending, _as_file(ending, break_.join(lines)))
    assert [turn.span.of(read.text) for turn in read.turns] == [*said, "and", "gone"]
    assert [left.begins for left in read.account.left_out] == head.split("\n")[: len(lines) - 4]
    assert read.account.missing == 0


def _as_file(ending: str, text: str) -> bytes:
    lines = text.split("\n")
    return {
        ".txt": text.encode(),
        ".docx": docx_of(*lines),
        ".odt": odt_of(*lines),
        ".rtf": ("{\\rtf1\\ansi " + "\\par ".join(lines) + "\\par}").encode(),
        ".html": "".join(f"<p>{line}</p>" for line in lines).encode(),
    }[ending]


def test_what_nearly_was_a_label_is_told() -> None:
    """The line, its first words, and why it was not taken."""
    found = _read(
        "Interviewer: How?\nP-01: so\nThe ward manager: no.\nInterviewer: So? P-01: Yes.\nP-01: Yes.\n"
    )
    assert [(one.line, one.begins[:9]) for one in found.account.near] == [(3, "The ward "), (4, "Interview")]
    found = _read("I: How?\nP-01: so we\nWard manager here: no.\nI: So?\nP-01: Yes.\n")
    assert [(one.line, one.why) for one in found.account.near] == [
        (3, "it comes once and looks like a phrase, or stands in the middle of a sentence")
    ]


def test_no_speakers_means_that_a_colon_is_a_colon() -> None:
    """Where the study says so, not even a listed interviewer is a label."""
    text = "Interviewer: How?\nP-01: So.\n\n0:03\nInterviewer: And?\n"
    found = _read(text, LineRule.NO_SPEAKERS)
    assert _said(found) == [("", "Interviewer: How?\nP-01: So."), ("", "0:03\nInterviewer: And?")]
    assert found.account.kept == found.account.words_in


THINKING = "I look at this page.\n\nMODERATOR: What do you see?\n\nA button.\nIt is red.\n\nMODERATOR: And now?\n\nNone.\n"
ALOUD = [
    ("", "I look at this page."),
    ("MODERATOR", "What do you see?"),
    ("", "A button.\nIt is red."),
    ("MODERATOR", "And now?"),
    ("", "None."),
]


def test_where_only_those_who_ask_are_labelled_the_rest_answers() -> None:
    """In a text and in a Word document; the account says so."""
    found = _read(THINKING)
    assert _said(found) == ALOUD
    assert found.account.unlabelled
    (found,) = read_as(".docx", docx_of(*THINKING.replace("MODERATOR", "Interviewer").split("\n\n")))
    assert [turn.role.value for turn in found.turns] == ["participant", "interviewer"] * 2 + ["participant"]


def test_the_study_may_say_that_unlabelled_lines_answer() -> None:
    """Also beside labels of others."""
    found = _read("I: How?\n\nSo.\n\nPorter: Yes.\n\nI: And?\n\nWell.\n", LineRule.UNLABELLED_ANSWER)
    assert _said(found) == [("I", "How?"), ("", "So."), ("Porter", "Yes."), ("I", "And?"), ("", "Well.")]
