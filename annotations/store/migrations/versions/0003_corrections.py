"""What Label Studio says back: webhooks stored before they are answered, annotations and the reviews made of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "retractions",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_retractions_review_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_retractions")),
        sa.UniqueConstraint("review_id", name=op.f("uq_retractions_review_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "webhook_events",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_webhook_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_webhook_events_done_sequence"), "webhook_events", ["done", "sequence"])
    op.create_table(
        "label_studio_annotations",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("coder", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["label_studio_projects.id"], name=op.f("fk_label_studio_annotations_project_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "annotation_id", name=op.f("pk_label_studio_annotations")),
    )
    op.create_index(
        op.f("ix_label_studio_annotations_key_coder"), "label_studio_annotations", ["key", "coder"]
    )
    op.create_index(op.f("ix_label_studio_annotations_state"), "label_studio_annotations", ["state"])
    op.create_table(
        "annotation_reviews",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("coder", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_annotation_reviews_review_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["label_studio_projects.id"], name=op.f("fk_annotation_reviews_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("fk_annotation_reviews_segment_id")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_annotation_reviews")),
        sa.UniqueConstraint("review_id", name=op.f("uq_annotation_reviews_review_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_annotation_reviews_key_coder"), "annotation_reviews", ["key", "coder"])
    op.create_index(op.f("ix_annotation_reviews_segment_id"), "annotation_reviews", ["segment_id"])
    op.create_table(
        "label_studio_users",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("url", "user_id", name=op.f("pk_label_studio_users")),
    )
    op.create_table(
        "label_studio_reads",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("upto", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["label_studio_projects.id"], name=op.f("fk_label_studio_reads_project_id")
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_label_studio_reads")),
    )


def downgrade() -> None:

    op.drop_table("label_studio_reads")
    op.drop_table("label_studio_users")
    op.drop_table("annotation_reviews")
    op.drop_table("label_studio_annotations")
    op.drop_table("webhook_events")
    op.drop_table("retractions")
