"""Dealing a wave's transcripts: what was dealt stays, what is new is dealt and drawn, and kept before it is pushed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from annotations.deal_and_draw import Dealt, DrawPlan, deal
from annotations.numbers_shown import counted
from annotations.store.database import Store
from annotations.store.deals import add_plan, dealt_so_far, keep_dealt, plan_in_force
from annotations.study.config import Study
from service.pushing.push_options import PushOptions, plan_for

Transcripts = Sequence[tuple[UUID, Sequence[UUID]]]
# which of these transcripts stand in the shared project already, and has anybody begun on them
Standing = Callable[[Transcripts], Mapping[UUID, bool]]


@dataclass(frozen=True)
class Dealing:
    """The plan in force (None: no draws), all that is dealt, and sentences about it."""

    plan: DrawPlan | None
    dealt: Mapping[UUID, Dealt]
    notes: tuple[str, ...] = ()


def settle(store: Store, study: Study, segmentation: str, asked: PushOptions) -> Dealing:
    """Put in force what was asked, if that is new, and say what it does not change."""
    with store.reading() as connection:
        before = plan_in_force(connection)
        dealt = dealt_so_far(connection, segmentation)
    plan = plan_for(asked, before, study.config.people)
    if plan is None or plan == before:
        return Dealing(plan, dealt)
    with store.writing() as connection:
        plan = add_plan(connection, plan)
    if before is None or not dealt:
        return Dealing(plan, dealt)
    note = (
        f"what was dealt earlier ({counted(len(dealt), 'transcript')}) stays as it was drawn; {plan.fractions} with seed "
        f"{plan.seed} holds for transcripts that come from now on."
    )
    return Dealing(plan, dealt, (note,))


def deal_new(
    store: Store, dealing: Dealing, segmentation: str, transcripts: Transcripts, standing: Standing
) -> Dealing:
    """Deal those of a wave's transcripts that are new, and keep that at once: what is drawn stays drawn.

    One that stands in the shared project already is drawn there if nobody has begun on it and the plan knows no
    projects of single coders; else it stays as it is, and a sentence says so.
    """
    plan = dealing.plan
    new = [transcript for transcript in transcripts if transcript[0] not in dealing.dealt and transcript[1]]
    if plan is None or plan.id is None or not new:
        return dealing
    there = standing(new)
    left = {transcript_id for transcript_id, begun in there.items() if begun or plan.coders}
    dealt_now = deal(
        [transcript for transcript in new if transcript[0] not in left], plan, dealing.dealt.values()
    )
    with store.writing() as connection:
        keep_dealt(connection, plan.id, segmentation, dealt_now)
    notes = dealing.notes
    if left:
        why = (
            "the project that all share holds them and keeps them. To deal them out, delete that project in Label Studio "
            "before anybody codes in it, and push again"
            if plan.coders
            else "coding has begun there"
        )
        notes = (*notes, f"nothing was drawn of {counted(len(left), 'transcript')}: {why}.")
    return Dealing(plan, {**dealing.dealt, **{dealt.transcript: dealt for dealt in dealt_now}}, notes)
