"""Accounts, their sessions, invitations and tokens for programs, and attempts to guess a password."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0019"
branch_labels = None
depends_on = None


def _sequence() -> sa.Column[Any]:
    return sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _rights() -> list[sa.Column[Any]]:
    return [
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("sites", sa.JSON()),
        sa.Column("sees_text", sa.Boolean(), nullable=False),
    ]


def _made(table: str, *columns: sa.Column[Any], unique: tuple[str, ...], of_account: bool = True) -> None:
    keys = []
    if of_account:
        name = op.f(f"fk_{table}_account_id_accounts")
        keys.append(sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=name))
    op.create_table(
        table,
        _sequence(),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        _moment("created", nullable=False),
        *keys,
        sa.PrimaryKeyConstraint("sequence", name=op.f(f"pk_{table}")),
        *(sa.UniqueConstraint(column, name=op.f(f"uq_{table}_{column}")) for column in ("id", *unique)),
        sqlite_autoincrement=True,
    )


def _account(*, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column("account_id", sa.Uuid(), nullable=nullable)


def _token_hash() -> sa.Column[Any]:
    return sa.Column("token_hash", sa.String(length=64), nullable=False)


def upgrade() -> None:
    _made(
        "accounts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        *_rights(),
        sa.Column("password", sa.Text()),
        _moment("removed"),
        unique=("name_key",),
        of_account=False,
    )
    _made(
        "sessions",
        _account(nullable=True),
        _token_hash(),
        sa.Column("address", sa.Text(), nullable=False),
        _moment("seen", nullable=False),
        _moment("expires", nullable=False),
        unique=("token_hash",),
    )
    op.create_index(op.f("ix_sessions_account_id"), "sessions", ["account_id"])
    _made(
        "invitations",
        _account(),
        _token_hash(),
        sa.Column("by", sa.Text(), nullable=False),
        _moment("expires", nullable=False),
        unique=("token_hash",),
    )
    op.create_index(op.f("ix_invitations_account_id"), "invitations", ["account_id"])
    _made(
        "api_tokens",
        _account(),
        _token_hash(),
        sa.Column("name", sa.Text(), nullable=False),
        *_rights(),
        _moment("expires"),
        _moment("used"),
        _moment("withdrawn"),
        unique=("token_hash",),
    )
    op.create_index(op.f("ix_api_tokens_account_id"), "api_tokens", ["account_id"])
    op.create_table(
        "sign_in_attempts",
        _sequence(),
        sa.Column("account_hash", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        _moment("created", nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_sign_in_attempts")),
        sqlite_autoincrement=True,
    )
    for column in ("account_hash", "address"):
        op.create_index(op.f(f"ix_sign_in_attempts_{column}"), "sign_in_attempts", [column])


def downgrade() -> None:
    for table in ("sign_in_attempts", "api_tokens", "invitations", "sessions", "accounts"):
        op.drop_table(table)
