"""Which transcripts were dealt to whom, and what was drawn of them. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from sqlalchemy import Connection, select

from annotations.coding import Draw
from annotations.deal_and_draw import Dealt, DrawPlan, Fractions
from annotations.store.tables import dealt_transcripts, drawn_segments, push_plans


def plan_in_force(connection: Connection) -> DrawPlan | None:
    """How transcripts are dealt and drawn from now on, or None where nobody has asked for it."""
    row = connection.execute(select(push_plans).order_by(push_plans.c.sequence.desc()).limit(1)).first()
    if row is None:
        return None
    return DrawPlan(Fractions(row.blind, row.double, row.repeat), row.seed, tuple(row.coders), row.id)


def add_plan(connection: Connection, plan: DrawPlan) -> DrawPlan:
    """Put a plan in force; what earlier ones have dealt stays dealt."""
    made = DrawPlan(plan.fractions, plan.seed, plan.coders, uuid4())
    blind, double, repeat = plan.fractions.parts
    connection.execute(
        push_plans.insert().values(
            id=made.id, seed=plan.seed, blind=blind, double=double, repeat=repeat, coders=list(plan.coders)
        )
    )
    return made


def dealt_so_far(connection: Connection, segmentation: str) -> Mapping[UUID, Dealt]:
    """Every transcript that has been dealt under a segmentation."""
    d, s = dealt_transcripts, drawn_segments
    drawn: dict[UUID, dict[UUID, Draw]] = {}
    joined = select(s).join(d, d.c.id == s.c.dealt_id).where(d.c.segmentation == segmentation)
    for row in connection.execute(joined):
        drawn.setdefault(row.dealt_id, {})[row.segment_id] = Draw(row.draw)
    rows = connection.execute(select(d).where(d.c.segmentation == segmentation).order_by(d.c.sequence))
    return {
        row.transcript_id: Dealt(
            row.transcript_id, row.units, row.coder, row.second_coder, drawn.get(row.id, {})
        )
        for row in rows
    }


def keep_dealt(
    connection: Connection, plan: UUID, segmentation: str, dealt_segments: Iterable[Dealt]
) -> None:
    """Keep what a plan has dealt and drawn."""
    dealt, drawn = [], []
    for dealt_segment in dealt_segments:
        new = uuid4()
        dealt.append(
            {
                "id": new,
                "plan_id": plan,
                "transcript_id": dealt_segment.transcript,
                "segmentation": segmentation,
                "units": dealt_segment.units,
                "coder": dealt_segment.coder,
                "second_coder": dealt_segment.second,
            }
        )
        drawn += [
            {"dealt_id": new, "segment_id": segment, "draw": kind.value}
            for segment, kind in dealt_segment.drawn.items()
        ]
    if dealt:
        connection.execute(dealt_transcripts.insert(), dealt)
    if drawn:
        connection.execute(drawn_segments.insert(), drawn)
