"""Tasks know why they are put before a coder, and keep which model version they showed when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "label_studio_tasks",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("draw", sa.String(length=16), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=True),
        sa.Column("shown_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data_hash", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["model_versions.id"], name=op.f("fk_label_studio_tasks_model_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["label_studio_projects.id"], name=op.f("fk_label_studio_tasks_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("fk_label_studio_tasks_segment_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "key", name=op.f("pk_label_studio_tasks")),
    )
    op.create_index(op.f("ix_label_studio_tasks_segment_id"), "label_studio_tasks", ["segment_id"])
    op.create_table(
        "shown_models",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model_versions.id"], name=op.f("fk_shown_models_model_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["label_studio_projects.id"], name=op.f("fk_shown_models_project_id")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_shown_models")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_shown_models_project_id_key"), "shown_models", ["project_id", "key"])
    op.execute(
        "INSERT INTO label_studio_tasks (project_id, key, segment_id, draw, task_id, model_id, shown_since, "
        "data_hash, created) SELECT project_id, segment_id, segment_id, 'ordinary', task_id, model_id, shown_since, "
        "data_hash, created FROM pushed_tasks"
    )
    op.execute(
        "INSERT INTO shown_models (project_id, key, model_id, since) SELECT project_id, segment_id, model_id, "
        "COALESCE(shown_since, created) FROM pushed_tasks"
    )
    op.drop_table("pushed_tasks")


def downgrade() -> None:

    op.create_table(
        "pushed_tasks",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=True),
        sa.Column("shown_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data_hash", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model_versions.id"], name=op.f("fk_pushed_tasks_model_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["label_studio_projects.id"], name=op.f("fk_pushed_tasks_project_id")
        ),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_pushed_tasks_segment_id")),
        sa.PrimaryKeyConstraint("project_id", "segment_id", name=op.f("pk_pushed_tasks")),
    )
    op.execute(
        "INSERT INTO pushed_tasks (project_id, segment_id, task_id, model_id, shown_since, data_hash, created) "
        "SELECT project_id, segment_id, task_id, model_id, shown_since, data_hash, created FROM label_studio_tasks "
        "WHERE draw <> 'repeat'"
    )
    op.drop_index(op.f("ix_shown_models_project_id_key"), table_name="shown_models")
    op.drop_table("shown_models")
    op.drop_index(op.f("ix_label_studio_tasks_segment_id"), table_name="label_studio_tasks")
    op.drop_table("label_studio_tasks")
