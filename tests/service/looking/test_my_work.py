"""What a coder has to do is counted of her own tasks, and of what she coded outside Label Studio."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

from fake_label_studio import keys_of, pushed_study, skipped_tasks
from sqlalchemy import delete, select

from annotations.codebook.codes import Codebook
from annotations.coding import Review
from annotations.store.annotation_reviews import Word, add_words
from annotations.store.codebook_versions import keep_codebook
from annotations.store.reviews import add_reviews, retract
from annotations.store.segments import places_of
from annotations.store.tables import annotation_reviews, label_studio_projects, label_studio_tasks, now
from annotations.transcript import Kind
from service.access.viewer import Viewer, ViewerRole
from service.composition import Parts
from service.looking.my_work import Assigned, MyWork, work_of

LEAD = Viewer(None, "Lea", ViewerRole.LEAD)


def _counts(parts: Parts, coder: str) -> list[tuple[int, int, int, int]]:
    work = work_of(parts, LEAD, coder)
    return [(its.passages, its.done, its.by_others, its.left) for its in work.interviews]


def _judge(parts: Parts, key: UUID, coder: str) -> UUID:
    with parts.store.writing() as connection:
        transcript, span = places_of(connection, [key])[key]
        version = keep_codebook(connection, parts.codebook)
        review = replace(Review(transcript, coder, span), codebook_version=version, id=uuid4())
        add_reviews(connection, [review])
        project = connection.execute(select(label_studio_projects.c.id)).scalar_one()
        add_words(connection, [Word(review.id, project, len(coder), key, key, coder, "h", now())])
    return review.id


def test_own_and_others_answers_are_told_apart_and_what_is_outside_counts(
    tmp_path: Path, codebook: Codebook
) -> None:
    """In a shared project; in one's own, where nobody else's answers count; and where no task stands."""
    parts = pushed_study(tmp_path / "study", codebook)
    first, second, *_ = keys_of(parts)
    hers = _judge(parts, first, "Ada")
    _judge(parts, second, "Ben")
    assert (_counts(parts, "Ada"), _counts(parts, "Ben")) == ([(6, 1, 1, 4)], [(6, 1, 1, 4)])
    assert work_of(parts, LEAD, "Ada").left_alone == 0
    with parts.store.writing() as connection:
        connection.execute(label_studio_projects.update().values(coder="Ada"))
    assert (_counts(parts, "Ada"), _counts(parts, "Ben")) == ([(6, 1, 0, 5)], [(6, 1, 0, 5)])
    # what was handed to her alone, and what somebody coded in another program, are said apart
    ada, ben = (work_of(parts, LEAD, who) for who in ("Ada", "Ben"))
    assert (ada.left_alone, ada.done_elsewhere) == (5, 0)
    assert (ben.left_alone, ben.done_elsewhere) == (0, 1)
    with parts.store.writing() as connection:
        retract(connection, hers, "by mistake")
    assert _counts(parts, "Ada") == [(6, 0, 0, 6)]
    with parts.store.writing() as connection:
        connection.execute(delete(annotation_reviews))
        connection.execute(delete(label_studio_tasks))
    assert (_counts(parts, "Ada"), _counts(parts, "Ben")) == ([], [(6, 1, 0, 5)])
    parts.close()


def test_what_she_skipped_has_a_way_back_until_she_has_judged_it(tmp_path: Path, codebook: Codebook) -> None:
    """Label Studio's stream does not come back to it."""
    parts = pushed_study(tmp_path / "study", codebook)
    with parts.store.writing() as connection:
        tasks = skipped_tasks(connection, "Ada", 2)
    for task, skipped in zip(tasks, (2, 1), strict=True):
        (interview,) = work_of(parts, LEAD, "Ada").interviews
        assert (interview.skipped, interview.left) == (skipped, 4)
        assert (interview.skipped_at or "").endswith(f"?task={task.task_id}")
        _judge(parts, task.key, "Ada")
    work = work_of(parts, LEAD, "Ada")
    assert (work.skipped, work.interviews[0].skipped_at) == (0, None)
    parts.close()


def test_what_is_hers_alone_is_gone_on_with_before_what_all_share() -> None:
    """Then what she has begun; what nobody waits for, or Label Studio does not lead through, is not offered."""

    def interview(name: str, *, own: bool = False, done: int = 0, there: bool = True) -> Assigned:
        address = f"http://127.0.0.1/{name}" if there else None
        return Assigned(
            uuid4(),
            name,
            Kind.INTERVIEW,
            "",
            "",
            "",
            "",
            5,
            done,
            next=address,
            streams=name != "within",
            own=own,
        )

    shared = [interview("shared"), interview("shared begun", done=1)]
    hers = [interview("hers", own=True), interview("hers begun", own=True, done=2)]
    away = [interview("within", own=True), interview("finished", own=True, there=False)]

    def first(*interviews: Assigned) -> str | None:
        at = MyWork("Ada", (*away, *interviews)).goes_on_at
        return None if at is None else at.name

    assert first() is None
    assert first(*shared) == "shared begun"
    assert first(*shared, *hers) == "hers begun"
    assert first(*shared, hers[0]) == "hers"
