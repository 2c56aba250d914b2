"""What came in together, so that it can be undone as long as nothing rests on it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "brought_in",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("undone", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.Text()),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_brought_in")),
        sa.UniqueConstraint("id", name=op.f("uq_brought_in_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "brought_in_items",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("brought_in_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("transcript_id", sa.Uuid()),
        sa.Column("item_id", sa.Uuid()),
        sa.Column("owner_key", sa.Text()),
        sa.Column("before", sa.JSON()),
        sa.ForeignKeyConstraint(
            ["brought_in_id"], ["brought_in.id"], name=op.f("fk_brought_in_items_brought_in_id_brought_in")
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_brought_in_items_transcript_id_transcripts")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_brought_in_items")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_brought_in_items_brought_in_id"), "brought_in_items", ["brought_in_id"])
    op.create_index(op.f("ix_brought_in_items_transcript_id"), "brought_in_items", ["transcript_id"])


def downgrade() -> None:

    op.drop_table("brought_in_items")
    op.drop_table("brought_in")
