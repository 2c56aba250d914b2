"""A code that joins the codebook after people have read: nothing is known of it until somebody has looked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from builders import a_transcript

from annotations.agreement.columns import columns_of
from annotations.agreement.judged import JudgeDecisions, judged_by, units_of
from annotations.errors import BadInput
from annotations.store.reviews import current_reviews
from annotations.store.segments import segments_of
from annotations.store.transcripts import add_transcript, all_texts
from models.corpus import read_corpus
from service.agreement.disagreements import WantedDisagreements, disagreements
from service.composition import Parts, open_parts
from service.importing.import_codings import import_codings
from service.new_study import make_study
from training.collect import collect
from training.dataset import Judgement

BOOK = """\
name: Small
frameworks:
- id: f
  name: F
  codes:
  - id: money
    code: Money
  - id: people
    code: People
"""
LATER = (
    BOOK
    + """\
  - id: food
    code: Food
"""
)
SAID = ("How is it?", "We lack money.", "And?", "There was cake.", "So?", "That is it.")
FIRST = "transcript,turn,coder,code\nP1,1,Ada,Money\nP1,1,Bo,Money\n"
AGAIN = "transcript,turn,coder,code\nP1,3,Ada,Food\n"
Open = Callable[[], Parts]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """A study with one interview, read to its end by two people; then Food joined the codebook."""
    for name in ("TANDEM_DATABASE", "MLFLOW_TRACKING_URI", "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    folder, contexts = tmp_path / "study", []
    (tmp_path / "book.yaml").write_text(BOOK, "utf-8")
    make_study(folder, codebook=str(tmp_path / "book.yaml"), config={"name": "Small"})
    with open_parts(folder) as parts, parts.store.writing() as connection:
        add_transcript(connection, a_transcript("P1", *SAID))
    (tmp_path / "first.csv").write_text(FIRST, "utf-8")
    (tmp_path / "again.csv").write_text(AGAIN, "utf-8")
    with open_parts(folder) as parts:
        import_codings(parts, tmp_path / "first.csv", complete="all")
    (folder / "codebook.yaml").write_text(LATER, "utf-8")

    def open_again() -> Parts:
        context = open_parts(folder)
        contexts.append(context)
        return context.__enter__()

    yield open_again
    for context in contexts:
        context.__exit__(None, None, None)


def _judgements(parts: Parts) -> dict[tuple[str, bool], Judgement]:
    codes = tuple(code.id for code in parts.codebook.applicable)
    corpus = read_corpus(parts.store, parts.segmentation)
    found = collect(parts.store, corpus, codes)
    dataset = found.dataset(codes, np.zeros((len(found.learnable), 2), dtype=np.float32))
    return {(one.coder, one.gold): one for one in dataset.judgements}


def _judged(parts: Parts, coder: str) -> JudgeDecisions:
    with parts.store.reading() as connection:
        kept = all_texts(connection)
        units = units_of(kept, segments_of(connection, parts.segmentation.version))
        reviews = [one for one in current_reviews(connection) if one.coder == coder]
    return judged_by(units, columns_of(parts.codebook), reviews, {})


def test_what_was_read_before_says_nothing_of_a_later_code(opened: Open) -> None:
    """Of the older codes it says what it said."""
    its = _judgements(opened())
    for coder in ("Ada", "Bo"):
        labels = its[coder, True].labels
        assert np.array_equal(labels[:, :2], [[1, 0], [0, 0], [0, 0]])
        assert np.isnan(labels[:, 2]).all()


def test_agreement_does_not_take_it_for_a_no(opened: Open) -> None:
    """Nobody has judged Food; that a passage is coded at all was judged, by the codes of then."""
    judged = _judged(opened(), "Ada")
    labels = [column.label for column in columns_of(opened().codebook)]
    known = dict(zip(labels, judged.known.T.tolist(), strict=True))
    assert known == {
        "coded at all": [True] * 3, "F: coded at all": [True] * 3, "Money": [True] * 3, "People": [True] * 3,
        "Food": [False] * 3,
    }  # fmt: skip


def test_a_second_reading_for_the_new_code_alone(opened: Open, tmp_path: Path) -> None:
    """What it says joins what the same person said of the rest; what another did not look for stays unknown."""
    parts = opened()
    found = import_codings(parts, tmp_path / "again.csv", complete="all", only=("Food",))
    assert (found.kept.reviews, found.kept.empty_reviews, found.kept.superseded) == (3, 2, 0)
    its = _judgements(parts)
    assert np.array_equal(its["Ada", True].labels, [[1, 0, 0], [0, 0, 1], [0, 0, 0]])
    assert np.isnan(its["Bo", True].labels[:, 2]).all()
    assert ("Ada", False) not in its
    assert _judged(parts, "Ada").known.all()
    assert disagreements(parts, WantedDisagreements()) == ()


def test_two_people_who_looked_for_it_can_disagree(opened: Open, tmp_path: Path) -> None:
    """Of the new code, and of nothing else."""
    parts = opened()
    (tmp_path / "both.csv").write_text(AGAIN + "P1,1,Bo,Food\n", "utf-8")
    import_codings(parts, tmp_path / "both.csv", complete="all", only=("Food",))
    found = disagreements(parts, WantedDisagreements())
    assert [(one.turn, one.differ_on) for one in found] == [(1, ("food",)), (3, ("food",))]


def test_a_listed_passage_without_the_new_code_is_a_no(opened: Open, tmp_path: Path) -> None:
    """An empty code of a passage that was read before, also where nothing was coded then; two who differ can be told."""
    parts = opened()
    listed = tmp_path / "listed.csv"
    listed.write_text("transcript,turn,coder,code\nP1,3,Ada,\nP1,3,Bo,Food\nP1,1,Ada,\n", "utf-8")
    outcome = import_codings(parts, listed, complete="listed", only=("Food",))
    assert (outcome.kept.reviews, outcome.kept.empty_reviews, outcome.kept.before_codes) == (3, 2, 0)
    its = _judgements(parts)
    assert its["Ada", True].labels[:2].tolist() == [[1, 0, 0], [0, 0, 0]]
    assert its["Bo", True].labels[1].tolist() == [0, 0, 1]
    differing = disagreements(parts, WantedDisagreements())
    assert [(passage.turn, passage.differ_on) for passage in differing] == [(3, ("food",))]
    again = import_codings(parts, listed, complete="listed", only=("Food",))
    assert (again.kept.reviews, again.kept.codings) == (0, 0)


def test_who_looked_for_one_code_alone_measures_nothing_else(opened: Open, tmp_path: Path) -> None:
    """A third person teaches where Food applies, is nobody's measure, and has not judged whether a passage is coded."""
    parts = opened()
    (tmp_path / "third.csv").write_text("transcript,turn,coder,code\nP1,3,Cleo,Food\n", "utf-8")
    import_codings(parts, tmp_path / "third.csv", complete="all", only=("Food",))
    its = _judgements(parts)
    assert ("Cleo", True) not in its
    labels = its["Cleo", False].labels
    assert np.isnan(labels[:, :2]).all()
    assert labels[:, 2].tolist() == [0, 1, 0]
    judged = _judged(parts, "Cleo")
    assert judged.known.any(axis=0).tolist() == [False, False, False, False, True]


@pytest.mark.slow
def test_a_whole_export_can_be_brought_in_for_the_new_code(opened: Open, tmp_path: Path) -> None:
    """What it says of other codes is left as it is; who has rows in it has read for the new one."""
    parts = opened()
    (tmp_path / "export.csv").write_text(FIRST + "P1,3,Ada,Food\n", "utf-8")
    found = import_codings(parts, tmp_path / "export.csv", complete="all", only=("Food",))
    assert any("2 rows carry other codes" in note for note in found.notes)
    its = _judgements(parts)
    assert its["Ada", True].labels.tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert its["Bo", True].labels.tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]
    again = import_codings(parts, tmp_path / "export.csv", complete="all", only=("Food",))
    assert (again.kept.codings, again.kept.reviews, again.kept.superseded) == (0, 0, 0)


def test_the_same_file_again_does_not_answer_for_the_new_code(opened: Open, tmp_path: Path) -> None:
    """Nobody has looked, so nothing changes, and the import says what to do if somebody has."""
    parts = opened()
    found = import_codings(parts, tmp_path / "first.csv", complete="all")
    assert (found.kept.reviews, found.kept.before_codes) == (0, 6)
    assert any("--only CODE --complete all" in note for note in found.notes)
    assert np.isnan(_judgements(parts)["Ada", True].labels[:, 2]).all()


def test_only_needs_to_know_what_was_read(opened: Open, tmp_path: Path) -> None:
    """For one code alone, and nobody knows what was read, cannot both be."""
    parts = opened()
    with pytest.raises(BadInput, match=r"--only says .* --complete none"):
        import_codings(parts, tmp_path / "again.csv", complete="none", only=("Food",))
    with pytest.raises(BadInput, match=r'"Fod".*Did you mean'):
        import_codings(parts, tmp_path / "again.csv", complete="all", only=("Fod",))
