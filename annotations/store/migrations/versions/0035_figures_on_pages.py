"""What a lead chose for a model version to tick, and figures that pages show without computing them anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chosen_cuts",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("choice", sa.String(length=16), nullable=False),
        sa.Column("cut", sa.Float()),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["model_versions.id"], name=op.f("fk_chosen_cuts_model_id_model_versions")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_chosen_cuts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_chosen_cuts_model_id"), "chosen_cuts", ["model_id"])
    op.create_table(
        "kept_figures",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_kept_figures")),
        sa.UniqueConstraint("question", "part", name=op.f("uq_kept_figures_question_part")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("kept_figures")
    op.drop_table("chosen_cuts")
