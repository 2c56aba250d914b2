"""Versions of a corrected text, what became of reviews and codings in them, and words that were taken out for good."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "transcript_versions",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("turns", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_transcript_versions_transcript_id")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_transcript_versions")),
        sa.UniqueConstraint("id", name=op.f("uq_transcript_versions_id")),
        sa.UniqueConstraint(
            "transcript_id", "number", name=op.f("uq_transcript_versions_transcript_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "version_passages",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("coding_id", sa.Uuid(), nullable=True),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("was_start", sa.Integer(), nullable=False),
        sa.Column("was_end", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.String(8), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["transcript_versions.id"], name=op.f("fk_version_passages_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_version_passages_transcript_id")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_version_passages")),
        sa.UniqueConstraint("id", name=op.f("uq_version_passages_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_version_passages_transcript_id"), "version_passages", ["transcript_id"])
    op.create_index(op.f("ix_version_passages_version_id"), "version_passages", ["version_id"])
    op.create_table(
        "forgettings",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("models", sa.JSON(), nullable=False),
        sa.Column("pending", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_forgettings_transcript_id")
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_forgettings")),
        sa.UniqueConstraint("id", name=op.f("uq_forgettings_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_forgettings_transcript_id"), "forgettings", ["transcript_id"])


def downgrade() -> None:

    # what was erased stays erased; earlier texts, and what waits for a person, go with these
    for table in ("forgettings", "version_passages", "transcript_versions"):
        op.drop_table(table)
