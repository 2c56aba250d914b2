"""Which reviews teach, and what a training and an evaluation say of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from study_to_train import GROUPS, describe, import_rows, interview_file, quiet, what_is_said

from annotations.coding import Coding, Condition, Draw, Review
from annotations.store.reviews import add_reviews, current_reviews, reviews_after
from annotations.store.transcripts import KeptTranscript, all_transcripts
from annotations.transcript import Role
from service.cli.evaluate import _show as show_evaluation
from service.composition import Parts
from service.importing.import_transcripts import import_transcripts
from service.serving.train_and_evaluate import evaluate, train

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]


def test_a_consensus_stands_for_its_sources(parts: Parts) -> None:
    """On the span of a consensus its codes teach, not what its sources said; elsewhere their words do."""
    from models.corpus import read_corpus
    from training.collect import collect

    with parts.store.writing() as connection:
        review = current_reviews(connection)[0]
        consensus = Review(
            review.transcript,
            "Consensus",
            review.span,
            (Coding("people", review.span), Coding("money", review.span)),
            condition=Condition.CONSENSUS,
            codebook_version=review.codebook_version,
            sources=(review.id,) if review.id else (),
            id=uuid4(),
        )
        add_reviews(connection, [consensus])
    corpus = read_corpus(parts.store, parts.segmentation)
    collected = collect(parts.store, corpus, ("money", "people"))
    vectors = np.zeros((len(collected.learnable), 1), dtype=np.float32)
    dataset = collected.dataset(("money", "people"), vectors)
    row = next(
        at
        for at, unit in enumerate(collected.learnable)
        if corpus.segment(unit).span == review.span
        and corpus.transcripts[corpus.at[unit][0]].id == review.transcript
    )
    labels, weights = dataset.targets(gold=False)
    gold, _ = dataset.targets(gold=True)
    assert (labels[row].tolist(), weights[row].tolist()) == ([1.0, 1.0], [1.0, 1.0])
    said = {one.code for one in review.codings}
    assert gold[row].tolist() == [float("money" in said), float("people" in said)]
    others = np.arange(len(dataset)) != row
    assert np.array_equal(labels[others], gold[others])


def test_a_codebook_that_quotes_is_told(parts: Parts) -> None:
    """Where a definition is pasted from an interview, training says of which code; of invented ones it says nothing."""
    assert not any("word for word" in note for note in train(parts).notes)
    said = next(words for words, topic in what_is_said(3) if topic == 0)
    book = parts.study.codebook_file.read_text("utf-8")
    assert "What it costs" in book
    parts.study.codebook_file.write_text(book.replace("What it costs", said), "utf-8")
    parts.__dict__.pop("codebook", None)
    (note,) = [one for one in train(parts).notes if "word for word" in one]
    assert "Money" in note
    assert said not in note


def test_four_participants_have_values_of_each_and_no_interval(
    parts: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terminal says why there is no interval, and kappa of every participant."""
    describe(parts, {f"P-{at:02d}" for at in range(4, GROUPS)}, may_train=False)
    found = evaluate(parts, group_by="participant").figures
    show_evaluation(found, "participant")
    said = " ".join(capsys.readouterr().out.split())
    assert "an interval needs at least 5 groups of transcripts, and there are 4" in said
    each = found["overall"]["kappa_by_group"]
    assert len(each) == 4
    assert all(f"{name} {value:.2f}" in said for name, value in each.items())


def test_a_second_look_teaches_nothing(parts: Parts) -> None:
    """Repeats change no label and no score, call for no training, and a training says that nothing has changed."""
    first = evaluate(parts, group_by="participant")
    before, collected = first.figures, first.collected
    trained = train(parts)
    assert (before["serving"], before["people"]) == (None, None)
    before["serving"] = {
        "model_version": "v1",
        "measured_on": "judge set",
        "overall": {
            key: trained.figures["overall"][key]
            for key in ("groups", "micro_f1", "kappa", "kappa_interval", "few_transcripts")
        },
    }
    with parts.store.writing() as connection:
        for review in current_reviews(connection)[:60]:
            codings = () if review.codings else (Coding("money", review.span),)
            again = replace(review, codings=codings, draw=Draw.REPEAT, id=uuid4(), sequence=None)
            add_reviews(connection, [again])
        assert reviews_after(connection, trained.model.last_review) == 0
    second = evaluate(parts, group_by="participant")
    assert second.figures == before
    again = second.collected
    assert (again.reviews, again.reviews_hash) == (collected.reviews, collected.reviews_hash)
    assert not train(parts).new


def test_evaluate_shows_what_assisted_reviews_do(parts: Parts, tmp_path: Path) -> None:
    """With reviews that saw suggestions there are figures with and without them; without any, there are not."""
    assert "without_assisted" not in evaluate(parts, group_by="participant").figures
    files = [interview_file(tmp_path, f"A-{at:02d}", what_is_said(100 + at)) for at in range(12)]
    import_transcripts(parts, files, manifest=None, described={}, replace=False, progress=quiet)
    with parts.store.writing() as connection:
        book = current_reviews(connection)[0].codebook_version
        for one in all_transcripts(connection):
            if one.transcript.name.startswith("A-"):
                add_reviews(connection, _misled(one, book))
    found = evaluate(parts, group_by="participant").figures
    assert found["without_assisted"]["overall"]["n_segments"] == found["overall"]["n_segments"]
    assert found["without_assisted"]["overall"]["micro_f1"] > found["overall"]["micro_f1"]


def _misled(kept: KeptTranscript, book: str) -> list[Review]:
    """Assisted reviews in which every code is the wrong one."""
    wrong = (("people",), ("money",), ())
    words = what_is_said(100 + int(kept.transcript.name[2:]))
    turns = [turn for turn in kept.transcript.turns if turn.role is Role.PARTICIPANT]
    return [
        Review(
            kept.id,
            "Tom",
            turn.span,
            tuple(Coding(code, turn.span) for code in wrong[topic]),
            condition=Condition.ASSISTED,
            codebook_version=book,
            id=uuid4(),
        )
        for turn, (_, topic) in zip(turns, words, strict=True)
    ]


def _only_new_interviews(parts: Parts, folder: Path, codes: tuple[str, ...]) -> None:
    """Four interviews of which every passage carries these codes; nobody learns from the others."""
    describe(parts, {f"P-{at:02d}" for at in range(GROUPS)}, may_train=False)
    files = [interview_file(folder, f"N-{at}", what_is_said(at)) for at in range(4)]
    import_transcripts(parts, files, manifest=None, described={}, replace=False, progress=quiet)
    rows = [
        (f"N-{at}", "Ines", code, 2 * turn + 1) for at in range(4) for turn in range(12) for code in codes
    ]
    import_rows(parts, folder, rows)


def test_where_no_code_was_given_training_and_evaluation_say_so(
    parts: Parts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everybody looked and nothing applied: no table of no codes, and no figure that looks like a failure."""
    _only_new_interviews(parts, tmp_path, ("",))
    note = train(parts).notes[0]
    assert note.startswith("nobody has given a code yet on the 48 passages that people looked at")
    show_evaluation(evaluate(parts, group_by="participant").figures, "participant")
    said = " ".join(capsys.readouterr().out.split())
    assert "Coders gave no code on these 48 passages" in said
    assert "What it saves" not in said
    assert "Ticks right" not in said


def test_where_every_passage_carries_its_codes_the_reason_is_that(parts: Parts, tmp_path: Path) -> None:
    """There are examples enough; what is missing are passages without."""
    _only_new_interviews(parts, tmp_path, ("Money", "People"))
    note = train(parts).notes[0]
    assert note.startswith(
        "each code that somebody gave stands on every passage that was looked at (48 reviews"
    )
    reason = evaluate(parts, group_by="participant").figures["overall"]["reason"]
    assert "every passage that was judged for it carries it" in reason


def test_two_participants_have_no_figure_and_training_says_so(parts: Parts) -> None:
    """Whoever reads the summary alone knows that nothing was measured."""
    describe(parts, {f"P-{at:02d}" for at in range(2, GROUPS)}, may_train=False)
    assert any(note.startswith("the coded passages are two participants'") for note in train(parts).notes)
