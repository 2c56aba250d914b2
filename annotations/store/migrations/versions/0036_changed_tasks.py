"""How each task of Label Studio looked when it was read: a pull asks only for those that look otherwise now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("label_studio_reads", sa.Column("under", sa.String(length=64)))
    op.create_table(
        "label_studio_read_tasks",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["label_studio_projects.id"],
            name=op.f("fk_label_studio_read_tasks_project_id_label_studio_projects"),
        ),
        sa.PrimaryKeyConstraint("project_id", "task_id", name=op.f("pk_label_studio_read_tasks")),
    )


def downgrade() -> None:
    op.drop_table("label_studio_read_tasks")
    op.drop_column("label_studio_reads", "under")
