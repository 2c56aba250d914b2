"""What one coder has done of a wave: in Label Studio and elsewhere are two numbers."""

from __future__ import annotations

from uuid import uuid4

from service.looking.study_work import CoderWork, by_wave


def _row(passages: int, done: int, left: int, **more: bool) -> CoderWork:
    return CoderWork(uuid4(), "P", "1", "", "", "Cleo", passages, done, 0, left, 40.0, **more)


def test_what_was_judged_elsewhere_is_not_done_of_what_was_put_before_a_coder() -> None:
    """Nobody has done more passages than she was given; the others are counted by themselves."""
    rows = [_row(1, 1, 0), _row(3, 2, 1), _row(0, 50, 0, elsewhere=True)]
    (work,) = by_wave(rows, {"Cleo": 40.0})
    assert (work.done, work.passages, work.elsewhere, work.interviews) == (3, 4, 50, 3)
    assert work.share == 0.75
    (alone,) = by_wave(rows[2:], {})
    assert (alone.done, alone.passages, alone.elsewhere, alone.share) == (0, 0, 50, None)


def test_interviews_of_another_program_do_not_change_what_a_pace_is_of() -> None:
    """Whole interviews stay whole beside them, and passages stay passages."""
    elsewhere = _row(0, 50, 0, elsewhere=True)
    (work,) = by_wave([_row(9, 9, 0, whole=True), elsewhere], {"Cleo": 2.0})
    assert (work.whole, work.seconds) == (True, 40.0)
    (work,) = by_wave([_row(9, 9, 0), elsewhere], {"Cleo": 2.0})
    assert (work.whole, work.seconds) == (False, 2.0)
    (work,) = by_wave([elsewhere], {})
    assert not work.whole
