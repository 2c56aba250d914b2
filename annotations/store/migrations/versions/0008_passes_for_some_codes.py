"""Which codes a review was for, where it was not for the whole codebook; which codebook a project puts before coders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.add_column("reviews", sa.Column("only", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("label_studio_projects", sa.Column("codebook_version", sa.String(length=16), nullable=True))


def downgrade() -> None:

    op.drop_column("label_studio_projects", "codebook_version")
    op.drop_column("reviews", "only")
