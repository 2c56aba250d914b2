"""What people write into the study's tables and timelines: ratings, summaries, quotes chosen, events."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _ordered() -> list[sa.Column[Any]]:
    return [
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    ]


def _cell() -> list[sa.Column[Any]]:
    return [
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("column", sa.JSON(), nullable=False),
        sa.Column("place_key", sa.Text(), nullable=False),
    ]


def _created() -> sa.Column[Any]:
    return sa.Column("created", sa.DateTime(timezone=True), nullable=False)


def _made(
    table: str, *columns: sa.Column[Any], keys: dict[str, str], unique: tuple[str, ...] = ("id",)
) -> None:
    op.create_table(
        table,
        *_ordered(),
        *columns,
        _created(),
        *(
            sa.ForeignKeyConstraint([own], [other], name=op.f(f"fk_{table}_{own}_{other.split('.')[0]}"))
            for own, other in keys.items()
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f(f"pk_{table}")),
        *(sa.UniqueConstraint(column, name=op.f(f"uq_{table}_{column}")) for column in unique),
        sqlite_autoincrement=True,
    )


def upgrade() -> None:

    _made(
        "ratings",
        *_cell(),
        sa.Column("rater_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(length=16), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("consensus", sa.Boolean(), nullable=False),
        keys={"rater_id": "coders.id"},
    )
    op.create_index(op.f("ix_ratings_place_key"), "ratings", ["place_key"])
    _made(
        "summaries",
        *_cell(),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        keys={"author_id": "coders.id"},
    )
    op.create_index(op.f("ix_summaries_place_key"), "summaries", ["place_key"])
    op.create_table(
        "summary_passages",
        sa.Column("summary_id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("end", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["summaries.id"], name=op.f("fk_summary_passages_summary_id_summaries")
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_summary_passages_transcript_id_transcripts")
        ),
        sa.PrimaryKeyConstraint(
            "summary_id", "transcript_id", "start", "end", name=op.f("pk_summary_passages")
        ),
    )
    _made(
        "chosen_quotes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        keys={"transcript_id": "transcripts.id", "by_id": "coders.id"},
    )
    op.create_index(op.f("ix_chosen_quotes_transcript_id"), "chosen_quotes", ["transcript_id"])
    _made(
        "distinguishing",
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        keys={"by_id": "coders.id"},
    )
    _made(
        "events",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("case", "date", "phase", "actor", "place", "text", "source", "event_key")
        ),
        keys={},
        unique=("id", "event_key"),
    )
    op.create_table(
        "event_passages",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer()),
        sa.Column("end", sa.Integer()),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_passages_event_id_events")),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_event_passages_transcript_id_transcripts")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_event_passages")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_event_passages_event_id"), "event_passages", ["event_id"])
    op.create_index(op.f("ix_event_passages_transcript_id"), "event_passages", ["transcript_id"])


def downgrade() -> None:

    for table in (
        "event_passages",
        "events",
        "distinguishing",
        "chosen_quotes",
        "summary_passages",
        "summaries",
        "ratings",
    ):
        op.drop_table(table)
