"""What people note and ask, and what was answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from annotations.store.tables import Moment

revision = "0029"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "doubts",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("text_hash", sa.String(length=64), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("is_question", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("taken_back", Moment(), nullable=True),
        sa.Column("created", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["coders.id"], name=op.f("fk_doubts_author_id")),
        sa.ForeignKeyConstraint(["transcript_id"], ["transcripts.id"], name=op.f("fk_doubts_transcript_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_doubts")),
        sa.UniqueConstraint("id", name=op.f("uq_doubts_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_doubts_transcript_id"), "doubts", ["transcript_id"])
    op.create_table(
        "doubt_answers",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("doubt_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("settles", sa.Boolean(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["doubt_id"], ["doubts.id"], name=op.f("fk_doubt_answers_doubt_id")),
        sa.ForeignKeyConstraint(["author_id"], ["coders.id"], name=op.f("fk_doubt_answers_author_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_doubt_answers")),
        sa.UniqueConstraint("id", name=op.f("uq_doubt_answers_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_doubt_answers_doubt_id"), "doubt_answers", ["doubt_id"])


def downgrade() -> None:

    op.drop_table("doubt_answers")
    op.drop_table("doubts")
