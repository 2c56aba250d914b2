"""Which codes a task puts before its coder, and which of them come ticked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLES = ("label_studio_tasks", "shown_models")
_COLUMNS = ("offered", "ticked")


def upgrade() -> None:

    # of what was pushed before nobody wrote it down: NULL
    for table in _TABLES:
        for column in _COLUMNS:
            op.add_column(table, sa.Column(column, sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:

    for table in _TABLES:
        for column in _COLUMNS:
            op.drop_column(table, column)
