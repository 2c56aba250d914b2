"""Which sentence of a segment carries each code that is suggested there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:

    # what was suggested before has none on record: NULL, until the next pre-coding looks
    op.add_column("suggestions", sa.Column("sentences", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:

    op.drop_column("suggestions", "sentences")
