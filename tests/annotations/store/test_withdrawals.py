"""What erasing a participant takes out of the database, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from builders import a_transcript
from sqlalchemy import func, select

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Condition, Draw, Evidence, Review
from annotations.groups import groups_of
from annotations.label_studio.annotation import arrival_of
from annotations.label_studio.arrivals import ArrivalState, CoderDecision, JudgedAnnotation
from annotations.label_studio.webhook import Webhook
from annotations.segment import Segment, Segmentation
from annotations.store.codebook_versions import keep_codebook
from annotations.store.database import Store
from annotations.store.erasing import compact, words_of
from annotations.store.label_studio_projects import add_project
from annotations.store.model_versions import ModelVersion, add_model, get_model
from annotations.store.pushed_tasks import PushedTask, keep_tasks, task_key
from annotations.store.reviews import add_reviews, current_reviews
from annotations.store.seen_annotations import Seen, keep_seen
from annotations.store.segments import add_segments, keep_segmentation, segments_of
from annotations.store.suggestions import Suggested, add_suggestions, suggestions_of
from annotations.store.tables import (
    label_studio_annotations,
    label_studio_tasks,
    metadata,
    shown_models,
    webhook_events,
)
from annotations.store.transcripts import add_transcript, transcript_names
from annotations.store.webhooks import count_waiting, store_event
from annotations.store.withdrawals import (
    erase,
    finish_withdrawal,
    models_that_learnt,
    still_pending,
    transcripts_of,
    withdrawal_of,
)
from annotations.transcript import Transcript

CUT = Segmentation()


def _filled(store: Store, codebook: Codebook) -> tuple[ModelVersion, dict[str, UUID]]:
    """Ada and Ben, each with a coded segment; Ben's suggestion shows Ada's words as evidence; both are tasks."""
    segments: dict[str, UUID] = {}
    with store.writing() as connection:
        keep_codebook(connection, codebook)
        keep_segmentation(connection, CUT)
        reviews = []
        for name in ("Ada", "Ben"):
            transcript = a_transcript(name, "How?", f"{name} said so.")
            kept = add_transcript(connection, transcript)
            _cut(connection, kept, transcript)
            (segment,) = [one for one in segments_of(connection, CUT.version)[kept] if one.speaker == name]
            assert segment.id is not None
            segments[name] = segment.id
            coding = Coding("money", segment.span, memo=f"{name} again")
            reviews.append(
                Review(kept, "Kim", segment.span, (coding,), codebook_version=codebook.version, id=uuid4())
            )
        merged = Review(
            reviews[0].transcript,
            "Team",
            reviews[0].span,
            condition=Condition.CONSENSUS,
            codebook_version=codebook.version,
            sources=(reviews[0].id,) if reviews[0].id else (),
            id=uuid4(),
        )
        add_reviews(connection, [*reviews, merged])
        model = ModelVersion(
            id=uuid4(),
            version="v1",
            kind="trained",
            folder="f",
            sha256="0" * 64,
            codebook_version=codebook.version,
            segmentation=CUT.version,
            embedder="e",
            reviews_hash="0" * 64,
            reviews=2,
            codes=("money",),
            thresholds={"money": 0.5},
            figures=_figures(),
            comparison={"kappa_by_group": {"transcript Ada": 0.1, "transcript Ben": 0.2}},
        )
        learnt = {one.id: "learn" for one in reviews if one.id is not None}
        add_model(connection, model, learnt)  # type: ignore[arg-type]
        evidence = {"money": (Evidence(segments["Ada"], 0.9),)}
        add_suggestions(
            connection,
            model.id,
            [
                Suggested(segments["Ada"], (0.9,), ("money",)),
                Suggested(segments["Ben"], (0.9,), ("money",), evidence),
            ],
        )
        project = add_project(connection, url="http://x", project_id=3, title="t", coder=None, wave="")
        tasks = [PushedTask(segments[name], at, "h", model.id) for at, name in enumerate(segments, start=7)]
        keep_tasks(connection, project.id, tasks)
    return model, segments


def _figures() -> dict[str, Any]:
    """As a model keeps them that was measured on few groups; these are named as ``annotations.groups`` does."""
    names = groups_of([a_transcript("Ada", "How?", "So."), a_transcript("Ben", "How?", "So.")])
    by_group = dict.fromkeys(names, 0.5)
    side = {"kappa": 0.5, "kappa_by_group": by_group}
    return {"overall": side, "people": {"person": {"overall": side}, "model": {"overall": side}}, "codes": []}


def _cut(connection: object, kept: UUID, transcript: Transcript) -> None:
    cut = [Segment(t.index, t.index, t.speaker, t.role, t.span) for t in transcript.turns]
    add_segments(connection, kept, CUT.version, cut)  # type: ignore[arg-type]


def test_nothing_of_a_participant_is_left_and_nothing_else_is_touched(
    store: Store, codebook: Codebook
) -> None:
    """Text, turns, segments, reviews, codings, suggestions and tasks go; the other participant's stay."""
    model, segments = _filled(store, codebook)
    with store.writing() as connection:
        assert words_of(connection, transcripts_of(connection, "ada")) == ("How?", "Ada said so.")
        erased = erase(connection, "ada", by="Kim")
    assert (erased.reviews, erased.codings, erased.withdrawal.models) == (2, 1, ("v1",))
    (pending,) = erased.withdrawal.pending
    assert (pending.keys, pending.quoting) == ((str(segments["Ada"]),), (str(segments["Ben"]),))
    compact(store)
    with store.reading() as connection:
        assert transcript_names(connection) == ("Ben",)
        assert [review.coder for review in current_reviews(connection)] == ["Kim"]
        assert suggestions_of(connection, model)[segments["Ben"]].evidence == {"money": ()}
        left = get_model(connection, "v1")
        assert left.figures["overall"] == {"kappa": 0.5, "kappa_by_group": {"participant Ben": 0.5}}
        assert left.comparison == {"kappa_by_group": {"transcript Ben": 0.2}}
        for table in (label_studio_tasks, shown_models):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 1
        for table in metadata.sorted_tables:
            if table.name != "withdrawals":
                assert "Ada" not in str([tuple(row) for row in connection.execute(select(table))]), table.name


def test_a_tombstone_says_who_when_and_which_models(store: Store, codebook: Codebook) -> None:
    """It is found by any spelling, keeps what is pending, and ends as done."""
    _filled(store, codebook)
    with store.writing() as connection:
        made = erase(connection, "Ada", by="Kim").withdrawal
        still_pending(connection, made.id, made.pending[:0])
        finish_withdrawal(connection, made.id)
    with store.reading() as connection:
        found = withdrawal_of(connection, " ADA ")
        assert found is not None
        assert (found.by, found.transcripts, found.pending, found.state) == ("Kim", 1, (), "done")
        assert models_that_learnt(connection) == {"v1": ("Ada",)}
        assert withdrawal_of(connection, "Ben") is None


def test_what_label_studio_told_of_a_participant_goes_too(store: Store, codebook: Codebook) -> None:
    """Memos stand in each annotation as it was last seen and in webhooks that wait; other people's stay."""
    _, segments = _filled(store, codebook)
    with store.writing() as connection:
        project = add_project(connection, url="http://x", project_id=4, title="t", coder=None, wave="")
        for at, (name, segment) in enumerate(segments.items(), start=1):
            key = segment if name == "Ben" else task_key(segment, Draw.REPEAT)
            memo = {"from_name": "memo", "value": {"text": [f"{name} said it again"]}}
            plain = {"id": at, "created_at": "2026-03-01T08:00:00Z", "result": [memo]}
            arrival = arrival_of(plain, key)
            told = JudgedAnnotation(arrival, CoderDecision())
            keep_seen(connection, [Seen(project.id, at, ArrivalState.SET_ASIDE, key=key, told=told)], ())
            store_event(connection, Webhook("ANNOTATION_CREATED", 4, (arrival,)))
        erase(connection, "ada", by="Kim")
    with store.reading() as connection:
        for table in (label_studio_annotations, webhook_events):
            # a row itself prints long values cut short
            rows = str([tuple(row) for row in connection.execute(select(table))])
            assert "Ada said" not in rows
            assert "Ben said" in rows
        assert count_waiting(connection) == 1
