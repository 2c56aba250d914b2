"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "codebook_versions",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_codebook_versions")),
        sa.UniqueConstraint("version", name=op.f("uq_codebook_versions_version")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "coders",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_coders")),
        sa.UniqueConstraint("id", name=op.f("uq_coders_id")),
        sa.UniqueConstraint("name_key", name=op.f("uq_coders_name_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "jobs",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("started", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_jobs")),
        sa.UniqueConstraint("id", name=op.f("uq_jobs_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "label_studio_projects",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("coder", sa.Text(), nullable=True),
        sa.Column("wave", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_label_studio_projects")),
        sa.UniqueConstraint("id", name=op.f("uq_label_studio_projects_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "segmentations",
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("max_words", sa.Integer(), nullable=True),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_segmentations")),
    )
    op.create_table(
        "transcripts",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("wave", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("may_train", sa.Boolean(), nullable=False),
        sa.Column("may_quote", sa.Boolean(), nullable=False),
        sa.Column("visible_to", sa.JSON(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_transcripts")),
        sa.UniqueConstraint("id", name=op.f("uq_transcripts_id")),
        sa.UniqueConstraint("name_key", name=op.f("uq_transcripts_name_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "model_versions",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("codebook_version", sa.String(length=16), nullable=False),
        sa.Column("segmentation", sa.String(length=16), nullable=False),
        sa.Column("embedder", sa.Text(), nullable=False),
        sa.Column("reviews_hash", sa.String(length=64), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("thresholds", sa.JSON(), nullable=False),
        sa.Column("too_few", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["codebook_version"],
            ["codebook_versions.version"],
            name=op.f("fk_model_versions_codebook_version"),
        ),
        sa.ForeignKeyConstraint(
            ["segmentation"], ["segmentations.version"], name=op.f("fk_model_versions_segmentation")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_model_versions")),
        sa.UniqueConstraint("id", name=op.f("uq_model_versions_id")),
        sa.UniqueConstraint("version", name=op.f("uq_model_versions_version")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reviews",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("coder_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(length=16), nullable=False),
        sa.Column("draw", sa.String(length=16), nullable=False),
        sa.Column("codebook_version", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.JSON(), nullable=False),
        sa.Column("shown_version", sa.Uuid(), nullable=True),
        sa.Column("lead_time", sa.Float(), nullable=True),
        sa.Column("supersedes", sa.Uuid(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["codebook_version"], ["codebook_versions.version"], name=op.f("fk_reviews_codebook_version")
        ),
        sa.ForeignKeyConstraint(["coder_id"], ["coders.id"], name=op.f("fk_reviews_coder_id")),
        sa.ForeignKeyConstraint(["transcript_id"], ["transcripts.id"], name=op.f("fk_reviews_transcript_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_reviews")),
        sa.UniqueConstraint("id", name=op.f("uq_reviews_id")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_reviews_supersedes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reviews_transcript_id"), "reviews", ["transcript_id"], unique=False)
    op.create_table(
        "segments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("segmentation", sa.String(length=16), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["segmentation"], ["segmentations.version"], name=op.f("fk_segments_segmentation")
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_segments_transcript_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint(
            "transcript_id",
            "segmentation",
            "index",
            name=op.f("uq_segments_transcript_id_segmentation_index"),
        ),
    )
    op.create_index(op.f("ix_segments_segmentation"), "segments", ["segmentation"], unique=False)
    op.create_table(
        "turns",
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Float(), nullable=True),
        sa.Column("ends", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["transcript_id"], ["transcripts.id"], name=op.f("fk_turns_transcript_id")),
        sa.PrimaryKeyConstraint("transcript_id", "index", name=op.f("pk_turns")),
    )
    op.create_table(
        "codings",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("coder_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(length=16), nullable=False),
        sa.Column("influence", sa.String(length=16), nullable=True),
        sa.Column("concrete_example", sa.Boolean(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("applied", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coder_id"], ["coders.id"], name=op.f("fk_codings_coder_id")),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_codings_review_id")),
        sa.ForeignKeyConstraint(["transcript_id"], ["transcripts.id"], name=op.f("fk_codings_transcript_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_codings")),
        sa.UniqueConstraint("id", name=op.f("uq_codings_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_codings_review_id"), "codings", ["review_id"], unique=False)
    op.create_index(op.f("ix_codings_transcript_id"), "codings", ["transcript_id"], unique=False)
    op.create_table(
        "learnt_from",
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model_versions.id"], name=op.f("fk_learnt_from_model_id")),
        sa.PrimaryKeyConstraint("model_id", "item_id", name=op.f("pk_learnt_from")),
    )
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
    op.create_table(
        "review_sources",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_review_sources_review_id")),
        sa.ForeignKeyConstraint(["source_id"], ["reviews.id"], name=op.f("fk_review_sources_source_id")),
        sa.PrimaryKeyConstraint("review_id", "source_id", name=op.f("pk_review_sources")),
    )
    op.create_table(
        "serving",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("mirrored", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model_versions.id"], name=op.f("fk_serving_model_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_serving")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "suggestions",
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("probabilities", sa.LargeBinary(), nullable=False),
        sa.Column("suggested", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model_versions.id"], name=op.f("fk_suggestions_model_id")),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_suggestions_segment_id")),
        sa.PrimaryKeyConstraint("segment_id", "model_id", name=op.f("pk_suggestions")),
    )
    op.create_index(op.f("ix_suggestions_model_id"), "suggestions", ["model_id"], unique=False)


def downgrade() -> None:

    op.drop_index(op.f("ix_suggestions_model_id"), table_name="suggestions")
    op.drop_table("suggestions")
    op.drop_table("serving")
    op.drop_table("review_sources")
    op.drop_table("pushed_tasks")
    op.drop_table("learnt_from")
    op.drop_index(op.f("ix_codings_transcript_id"), table_name="codings")
    op.drop_index(op.f("ix_codings_review_id"), table_name="codings")
    op.drop_table("codings")
    op.drop_table("turns")
    op.drop_index(op.f("ix_segments_segmentation"), table_name="segments")
    op.drop_table("segments")
    op.drop_index(op.f("ix_reviews_transcript_id"), table_name="reviews")
    op.drop_table("reviews")
    op.drop_table("model_versions")
    op.drop_table("transcripts")
    op.drop_table("segmentations")
    op.drop_table("label_studio_projects")
    op.drop_table("jobs")
    op.drop_table("coders")
    op.drop_table("codebook_versions")
