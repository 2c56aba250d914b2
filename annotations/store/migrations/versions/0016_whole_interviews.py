"""Interviews as one task each: which stand where, what annotations of them say of each passage, drafts, the view."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.add_column(
        "label_studio_projects",
        sa.Column("view", sa.String(length=16), nullable=False, server_default="passage"),
    )
    op.create_table(
        "wave_views",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("wave", sa.Text(), nullable=False),
        sa.Column("view", sa.String(length=16), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_wave_views")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "label_studio_interviews",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("data_hash", sa.String(length=64), nullable=False),
        sa.Column("marks_hash", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        _of("label_studio_interviews", "project_id", "label_studio_projects"),
        _of("label_studio_interviews", "transcript_id", "transcripts"),
        sa.PrimaryKeyConstraint("project_id", "key", name=op.f("pk_label_studio_interviews")),
    )
    op.create_index(
        op.f("ix_label_studio_interviews_transcript_id"), "label_studio_interviews", ["transcript_id"]
    )
    op.create_table(
        "passage_answers",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid()),
        sa.Column("coder", sa.Text()),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        _of("passage_answers", "project_id", "label_studio_projects"),
        _of("passage_answers", "transcript_id", "transcripts"),
        _of("passage_answers", "segment_id", "segments"),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_passage_answers")),
        sa.UniqueConstraint(
            "project_id", "annotation_id", "key", name=op.f("uq_passage_answers_project_id_annotation_id_key")
        ),
        sqlite_autoincrement=True,
    )
    for columns in (["transcript_id"], ["segment_id"], ["key", "coder"], ["state"]):
        op.create_index(op.f(f"ix_passage_answers_{'_'.join(columns)}"), "passage_answers", columns)
    op.create_table(
        "interview_drafts",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        _of("interview_drafts", "project_id", "label_studio_projects"),
        _of("interview_drafts", "transcript_id", "transcripts"),
        sa.PrimaryKeyConstraint("project_id", "key", "user_id", name=op.f("pk_interview_drafts")),
    )
    op.create_index(op.f("ix_interview_drafts_transcript_id"), "interview_drafts", ["transcript_id"])


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def downgrade() -> None:

    for table in ("interview_drafts", "passage_answers", "label_studio_interviews", "wave_views"):
        op.drop_table(table)
    op.drop_column("label_studio_projects", "view")
