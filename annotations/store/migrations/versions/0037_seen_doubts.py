"""Who has seen how many answers of a memo or question: what is new to somebody is told them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seen_doubts",
        sa.Column("doubt_id", sa.Uuid(), nullable=False),
        sa.Column("reader_key", sa.Text(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["doubt_id"], ["doubts.id"], name=op.f("fk_seen_doubts_doubt_id_doubts")),
        sa.PrimaryKeyConstraint("doubt_id", "reader_key", name=op.f("pk_seen_doubts")),
    )


def downgrade() -> None:
    op.drop_table("seen_doubts")
