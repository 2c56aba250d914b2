"""What was dealt to which coder, and drawn to be blind, doubled or repeated.

It follows on 0005: no migration was ever made under the number 0006, and a number that studies may have is not given
anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "push_plans",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("blind", sa.Float(), nullable=False),
        sa.Column("double", sa.Float(), nullable=False),
        sa.Column("repeat", sa.Float(), nullable=False),
        sa.Column("coders", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_push_plans")),
        sa.UniqueConstraint("id", name=op.f("uq_push_plans_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "dealt_transcripts",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("segmentation", sa.String(length=16), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("coder", sa.Text(), nullable=True),
        sa.Column("second_coder", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["push_plans.id"], name=op.f("fk_dealt_transcripts_plan_id")),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_dealt_transcripts_transcript_id")
        ),
        sa.ForeignKeyConstraint(
            ["segmentation"], ["segmentations.version"], name=op.f("fk_dealt_transcripts_segmentation")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_dealt_transcripts")),
        sa.UniqueConstraint("id", name=op.f("uq_dealt_transcripts_id")),
        sa.UniqueConstraint(
            "transcript_id", "segmentation", name=op.f("uq_dealt_transcripts_transcript_id_segmentation")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "drawn_segments",
        sa.Column("dealt_id", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("draw", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealt_id"], ["dealt_transcripts.id"], name=op.f("fk_drawn_segments_dealt_id")
        ),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_drawn_segments_segment_id")),
        sa.PrimaryKeyConstraint("dealt_id", "segment_id", name=op.f("pk_drawn_segments")),
    )


def downgrade() -> None:

    op.drop_table("drawn_segments")
    op.drop_table("dealt_transcripts")
    op.drop_table("push_plans")
