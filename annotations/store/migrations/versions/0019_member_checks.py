"""What participants and cases answered when they were shown what was coded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "member_checks",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("of", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("owner_key", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("given", sa.Date(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["coders.id"], name=op.f("fk_member_checks_by_id_coders")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_member_checks")),
        sa.UniqueConstraint("id", name=op.f("uq_member_checks_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_member_checks_owner_key"), "member_checks", ["owner_key"])


def downgrade() -> None:

    op.drop_index(op.f("ix_member_checks_owner_key"), "member_checks")
    op.drop_table("member_checks")
