"""Who promoted what and why, the draw of groups, and jobs that can be watched, cancelled and tried again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_draws",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("stratum", sa.JSON(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_group_draws_transcript_id")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_group_draws")),
        sa.UniqueConstraint("transcript_id", name=op.f("uq_group_draws_transcript_id")),
        sqlite_autoincrement=True,
    )
    op.add_column("model_versions", sa.Column("recipe", sa.Text(), nullable=False, server_default="linear-1"))
    op.add_column("model_versions", sa.Column("parent", sa.Uuid(), nullable=True))
    op.add_column("model_versions", sa.Column("verdict", sa.String(length=16), nullable=True))
    op.add_column("model_versions", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("model_versions", sa.Column("comparison", sa.JSON(), nullable=True))
    op.add_column(
        "model_versions", sa.Column("last_review", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "learnt_from", sa.Column("purpose", sa.String(length=8), nullable=False, server_default="learn")
    )
    op.create_index(op.f("ix_learnt_from_item_id"), "learnt_from", ["item_id"])
    op.add_column("serving", sa.Column("decided_by", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("done", sa.Integer(), nullable=True))
    op.add_column("jobs", sa.Column("total", sa.Integer(), nullable=True))
    op.add_column("jobs", sa.Column("cancel_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("jobs", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("not_before", "cancel_asked", "total", "done", "attempts"):
        op.drop_column("jobs", column)
    op.drop_column("serving", "decided_by")
    op.drop_index(op.f("ix_learnt_from_item_id"), table_name="learnt_from")
    op.drop_column("learnt_from", "purpose")
    for column in ("last_review", "comparison", "reason", "verdict", "parent", "recipe"):
        op.drop_column("model_versions", column)
    op.drop_table("group_draws")
