"""An id of the study's own, and in each tombstone the ids of the transcripts: by these a copy or a backup is known."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:

    made = op.create_table(
        "study_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_identity")),
    )
    op.bulk_insert(made, [{"id": _identity(), "created": datetime.now(UTC)}])
    op.add_column("withdrawals", sa.Column("transcript_ids", sa.JSON(), server_default="[]", nullable=False))


def _identity() -> UUID:
    """Made of what never leaves the database, so that a study and an older backup of it come to the same id."""
    for table in ("model_versions", "transcripts"):
        first = sa.text(f"SELECT id FROM {table} ORDER BY sequence LIMIT 1")  # noqa: S608 (names from here)
        identity = op.get_bind().execute(first).scalar()
        if identity is not None:
            return uuid5(UUID(str(identity)), "the study that this belongs to")
    return uuid4()


def downgrade() -> None:

    op.drop_column("withdrawals", "transcript_ids")
    op.drop_table("study_identity")
