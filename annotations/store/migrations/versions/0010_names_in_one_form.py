"""Names whose letters and marks were kept apart, as a Mac writes them, are found by the same key as others.

Where two rows turn out to have one name, each keeps what it has: the one that was spelt in the common way is found.
"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# where names stand, their keys, and whether a key may come once only
_KEYS = (
    ("transcripts", "name", "name_key", True),
    ("coders", "name", "name_key", True),
    ("withdrawals", "participant", "participant_key", False),
)


# as the rules were when this was written; what Tandem does today may change
def _old(name: str) -> str:
    return " ".join(name.split()).casefold()


def _new(name: str) -> str:
    apart = unicodedata.normalize("NFD", " ".join(name.split()))
    return unicodedata.normalize("NFC", apart.casefold())


def upgrade() -> None:
    for table, name, key, once in _KEYS:
        its, rows = _rows(table, name, key)
        taken = {row.key for row in rows if once}
        for row in rows:
            new = _new(row.name)
            if row.key == _old(row.name) != new and new not in taken:
                _set(its, key, row.sequence, new)
                taken |= {new} if once else set()


def downgrade() -> None:
    for table, name, key, _ in _KEYS:
        its, rows = _rows(table, name, key)
        for row in rows:
            if row.key == _new(row.name) != _old(row.name):
                _set(its, key, row.sequence, _old(row.name))


def _rows(table: str, name: str, key: str) -> tuple[sa.TableClause, list[sa.Row[tuple[int, str, str]]]]:
    its = sa.table(table, sa.column("sequence"), sa.column(name), sa.column(key))
    wanted = sa.select(its.c.sequence, its.c[name].label("name"), its.c[key].label("key"))
    return its, list(op.get_bind().execute(wanted.order_by(its.c.sequence)))


def _set(its: sa.TableClause, key: str, sequence: int, value: str) -> None:
    op.get_bind().execute(its.update().where(its.c.sequence == sequence).values({key: value}))
