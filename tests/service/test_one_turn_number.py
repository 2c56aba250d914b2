"""The number that a passage has in Label Studio is its number in every command, page and message; JSON has one less."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import product
from pathlib import Path

import pytest
from agreement_asked import run_on
from fake_label_studio import BEGAN, URL, FakeLabelStudio, chosen
from study_to_push import StudyToPush

from annotations.coding import Draw
from annotations.deal_and_draw import DealtSegment
from annotations.errors import BadInput, TandemError
from annotations.label_studio.read_answers import Answers
from annotations.store.label_studio_projects import add_project
from annotations.store.pushed_tasks import PushedTask, keep_tasks
from annotations.store.reviews import current_reviews
from annotations.store.transcripts import all_transcripts
from models.corpus import read_corpus
from service.corrections.inbox import Inbox
from service.corrections.pull import pull_all
from service.label_studio.local import Access
from service.pushing.passage_shown import ShownPassages

pytestmark = pytest.mark.slow

# the third turn has no words and keeps its number, so a passage's number is not its place among those with words
SAID = """Interviewer: How did it begin?
P-01: Alpha came first and some words after it.
Interviewer:
P-01: Bravo came next and some words after it.
Interviewer: And then?
P-01: Charlie came last and some words after it.
"""
FIRST_WORDS = ("Alpha came", "Bravo came", "Charlie came")


@dataclass(frozen=True)
class Study:
    """A pushed study of three passages. ``numbers``: what Label Studio's tasks show, by a passage's first words."""

    made: StudyToPush
    numbers: dict[str, int]
    server: FakeLabelStudio

    def run(self, *arguments: str) -> str:
        """What a command prints for people."""
        return run_on(self.made.parts, *arguments)

    def code(self, number: int) -> str:
        """The code that is suggested on the passage of this number."""
        parts = self.made.parts
        at = sorted(self.numbers.values()).index(number)
        return parts.codebook.label(self.made.codes[(at + 1) % len(self.made.codes)])


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    """One interview in Label Studio with a model's suggestions, coded before by Ines and Tom, who agree nowhere."""
    for name in ("TANDEM_DATABASE", "MLFLOW_TRACKING_URI", "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "250")
    made = StudyToPush(tmp_path / "study", Access(URL, "", "", "t"), consents={"may_quote": True})
    text = tmp_path / "P-01.txt"
    text.write_text(SAID, "utf-8")
    opened = Study(made, {}, FakeLabelStudio([]))
    opened.run("import", str(text), "--wave", "2")
    made.serve("v1")
    numbers = _numbers_on_tasks(made)
    _code(opened, tmp_path / "codings.csv", numbers)
    yield Study(made, numbers, FakeLabelStudio(_put_into_label_studio(made)))
    made.parts.close()


def _numbers_on_tasks(made: StudyToPush) -> dict[str, int]:
    corpus = read_corpus(made.parts.store, made.parts.segmentation)
    with made.parts.store.reading() as connection:
        turns = {kept.id: kept.transcript.turns for kept in all_transcripts(connection)}
    shown = ShownPassages(
        corpus,
        turns,
        made.codebook,
        lambda _: pytest.fail("no suggestion is asked for"),
        label="",
        draws=False,
    )
    found = {}
    for segment in corpus.ids:
        data = shown.data(DealtSegment(segment, Draw.ORDINARY), None)
        (number,) = re.findall(r"turn (\d+) of 6\b", data["header"])
        (words,) = (words for words in FIRST_WORDS if words in data["words"])
        found[words] = int(number)
    return found


def _code(study: Study, file: Path, numbers: dict[str, int]) -> None:
    """Ines's rows name turns as the screen does, Tom's as files have done since ever."""
    ines, tom = study.made.codes[:2]
    rows = [("P-01", "Ines Falk", ines, "", number) for number in numbers.values()]
    rows += [("P-01", "Tom Okafor", tom, number - 1, "") for number in numbers.values()]
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("transcript", "coder", "code", "turn", "turn_shown"), *rows])
    study.run("import-codings", str(file), "--complete", "listed")


def _put_into_label_studio(made: StudyToPush, draw: Draw = Draw.ORDINARY) -> list[object]:
    corpus = read_corpus(made.parts.store, made.parts.segmentation)
    with made.parts.store.writing() as connection:
        project = add_project(connection, url=URL, project_id=7, title="Small", coder=None, wave="2")
        tasks = [PushedTask(key, at, "h", None, BEGAN, draw) for at, key in enumerate(corpus.ids, start=1)]
        keep_tasks(connection, project.id, tasks)
    return list(corpus.ids)


def _table(printed: str, head: str) -> list[list[str]]:
    """The cells of a printed table whose first line begins with ``head``."""
    lines = printed.splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith(head))
    return [re.split(r"\s{2,}", line.rstrip()) for line in lines[first + 1 :] if line.strip()]


def test_the_numbers_on_the_tasks_count_from_1_and_skip_no_turn(study: Study) -> None:
    """What all other tests compare with."""
    assert study.numbers == {"Alpha came": 2, "Bravo came": 4, "Charlie came": 6}


def test_codings_by_either_count_are_on_the_passage_of_the_task(study: Study) -> None:
    """The column turn_shown holds the number of the screen, the column turn one less."""
    with study.made.parts.store.reading() as connection:
        reviews = current_reviews(connection)
        (kept,) = all_transcripts(connection)
    found = {(review.coder, " ".join(review.span.of(kept.transcript.text).split()[:2])) for review in reviews}
    assert found == set(product(("Ines Falk", "Tom Okafor"), FIRST_WORDS))


def test_show_has_the_numbers_of_the_tasks(study: Study) -> None:
    """The table counts from 1, JSON from 0."""
    printed = study.run("show", "P-01")
    plain = {turn["turn"]: turn["text"] for turn in json.loads(study.run("show", "P-01", "--json"))["turns"]}
    for words, number in study.numbers.items():
        assert re.search(rf"^{number} +P-01 +{words}", printed, re.MULTILINE)
        assert plain[number - 1].startswith(words)


def test_history_takes_the_number_of_the_task(study: Study) -> None:
    """It says which passage it understood; a passage given by characters is told with the turn that it begins in."""
    for words, number in study.numbers.items():
        assert f"The passage is turn {number} of P-01: “{words}" in study.run("history", f"P-01:{number}")
        plain = json.loads(study.run("history", f"P-01:{number}", "--json"))
        assert (plain["turn"], plain["text"][: len(words)]) == (number - 1, words)
        begin = plain["start"] + 6
        within = study.run("history", f"P-01:{begin}-{begin + 4}")
        assert f"The passage begins in turn {number} of P-01: “{plain['text'][6:10].strip()}" in within


def test_trace_takes_the_number_of_the_task(study: Study) -> None:
    """It says which passage it understood, and what it was asked about is suggested there."""
    for words, number in study.numbers.items():
        name = f"P-01:{number}:{study.code(number)}"
        printed = study.run("trace", name)
        assert f"The passage is turn {number} of P-01: “{words}" in printed
        assert f"v1 suggests {study.code(number)} there" in printed
        one = json.loads(study.run("trace", name, "--json"))["suggestion"]
        assert (one["turn"], one["first_words"][: len(words)]) == (number - 1, words)


def test_what_is_hidden_or_missing_is_named_by_the_number_of_the_task(study: Study) -> None:
    """Errors count as people do."""
    made = study.made
    _put_into_label_studio(made, Draw.BLIND)
    for number in study.numbers.values():
        with pytest.raises(TandemError, match=rf"^turn {number} of P-01 is left out"):
            study.run("trace", f"P-01:{number}:{study.code(number)}")
    with pytest.raises(BadInput, match=r"P-01 has no segment in turn 3\."):
        study.run("trace", f"P-01:3:{study.code(2)}")
    with pytest.raises(BadInput, match="nobody says anything in turn 3 of P-01"):
        study.run("history", "P-01:3")
    with pytest.raises(BadInput, match="P-01 has no turn 7; its turns are 1 to 6"):
        study.run("history", "P-01:7")
    with pytest.raises(BadInput, match=r"turn 3 is none that a participant speaks in; .* in turns 2 to 6\."):
        study.run("consensus", "P-01", "--turn", "3", "--nothing", "--by", "Dora")


@pytest.mark.parametrize(
    "arguments",
    [
        ("history", "P-01:0"),
        ("trace", "P-01:0:Cost"),
        ("consensus", "P-01", "--turn", "0", "--nothing", "--by", "Dora"),
    ],
)
def test_a_turn_0_is_refused(study: Study, arguments: tuple[str, ...]) -> None:
    """The sentence says how turns count."""
    with pytest.raises(BadInput, match="turns count from 1, as in Label Studio"):
        study.run(*arguments)


def test_suggestions_have_the_numbers_of_the_tasks(study: Study, tmp_path: Path) -> None:
    """The table counts from 1; JSON and the column turn of the CSV from 0, with turn_shown beside it."""
    rows = _table(study.run("suggestions"), "transcript")
    assert [(row[0], row[1]) for row in rows] == [("P-01", str(n)) for n in study.numbers.values()]
    assert [row[3] for row in rows] == [study.code(number) for number in study.numbers.values()]
    plain = json.loads(study.run("suggestions", "--json"))["suggestions"]
    assert {row["turn"] for row in plain} == {number - 1 for number in study.numbers.values()}
    study.run("suggestions", "--csv", str(tmp_path / "s.csv"))
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = study.run("history", f"P-01:{row['start']}-{row['end']}")
            assert f"The passage is turn {row['turn_shown']} of P-01" in words
            assert int(row["turn"]) == int(row["turn_shown"]) - 1


def test_disagreements_have_the_numbers_of_the_tasks(study: Study, tmp_path: Path) -> None:
    """Table, page and CSV; the CSV has both counts, and JSON counts from 0."""
    table, page = tmp_path / "d.csv", tmp_path / "d.html"
    printed = study.run("disagreements", "--csv", str(table), "--html", str(page))
    plain = json.loads(study.run("disagreements", "--json"))["disagreements"]
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    html = unescape(page.read_text("utf-8"))
    assert len(rows) == len(plain) == len(study.numbers)
    for (words, number), row, one in zip(study.numbers.items(), rows, plain, strict=True):
        assert re.search(rf"^P-01 +{number} +{words}", printed, re.MULTILINE)
        assert (row["words"][: len(words)], row["turn_shown"], row["turn"]) == (
            words,
            str(number),
            str(number - 1),
        )
        assert (one["words"][: len(words)], one["turn"]) == (words, number - 1)
        assert re.search(rf"P-01, turn {number}<.*?<blockquote>(<b>P-01:</b> )?{words}", html, re.DOTALL)


def test_the_agreement_page_has_the_numbers_of_the_tasks(study: Study, tmp_path: Path) -> None:
    """Where it quotes, a passage stands with the number that it has on the screen."""
    study.run("agreement", "--html", str(tmp_path / "a.html"), "--with-quotes")
    html = unescape((tmp_path / "a.html").read_text("utf-8"))
    for words, number in study.numbers.items():
        assert re.search(rf"P-01, turn {number}<.*?<blockquote>(<b>P-01:</b> )?{words}", html, re.DOTALL)


def test_consensus_takes_the_number_of_the_task(study: Study) -> None:
    """It says which passage it understood, and the review that it keeps is of that passage."""
    parts = study.made.parts
    for words, number in study.numbers.items():
        arguments = ("consensus", "P-01", "--turn", str(number), "--nothing", "--by", "Dora")
        assert f"The passage is turn {number} of P-01: “{words}" in study.run(*arguments)
        plain = json.loads(study.run(*arguments, "--json"))
        assert (plain["turn"], plain["first_words"][: len(words)]) == (number - 1, words)
    with parts.store.reading() as connection:
        spans = [review.span for review in current_reviews(connection) if review.condition.derived]
        (kept,) = all_transcripts(connection)
    assert [span.of(kept.transcript.text).startswith(w) for span, w in zip(spans, study.numbers, strict=True)]
    assert [span.of(kept.transcript.text).split()[0] for span in spans] == ["Alpha", "Bravo", "Charlie"]


def test_what_is_set_aside_has_the_number_of_its_task(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the list of a pull and under a transcript from 1, in JSON from 0."""
    parts, server = study.made.parts, study.server
    server.save(2, 3, chosen("money"))  # by somebody who is no coder of the study

    def pull(_parts: object, step: Callable[[int, int], None]) -> object:
        return pull_all(parts, Inbox(parts), Answers(server), step)

    monkeypatch.setattr("service.corrections.pull.pull", pull)
    number = study.numbers["Bravo came"]
    (row,) = _table(study.run("pull"), "transcript")
    assert row[:2] == ["P-01", str(number)]
    assert f"Set aside on turn {number} (stranger@example.org)" in study.run("show", "P-01")
    (one,) = json.loads(study.run("pull", "--json"))["set_aside_annotations"]
    assert one["turn"] == number - 1


def test_a_message_of_import_codings_says_which_count_it_means(study: Study, tmp_path: Path) -> None:
    """A quote that stands in several turns, one that is nearly there, and a turn that is not."""
    file = tmp_path / "more.csv"
    code = study.made.codes[0]
    for quote, turn, said in (
        ("some words after it", "", "in turns 1, 3, 5 (turns 2, 4, 6 as shown to people)"),
        ("BRAVO CAME next", "", "in turn 3 (turn 4 as shown to people)"),
        ("Charly camme last", "", "turn 5 (turn 6 as shown to people) comes nearest"),
        ("", "9", "there is no turn 9 (turn 10 as shown to people)"),
    ):
        file.write_text(f"transcript,coder,code,turn,quote\nP-01,Ines Falk,{code},{turn},{quote}\n", "utf-8")
        with pytest.raises(BadInput) as caught:
            study.run("import-codings", str(file), "--complete", "listed")
        assert said in str(caught.value)
