"""Attributes of participants and cases, in the study's own words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "attributes",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("of", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("owner_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_attributes")),
        sa.UniqueConstraint("of", "owner_key", "name_key", name=op.f("uq_attributes_of_owner_key_name_key")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:

    op.drop_table("attributes")
