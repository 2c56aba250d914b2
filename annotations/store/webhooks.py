"""What Label Studio told, in the order in which it came: stored before it is answered, then worked off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from annotations.errors import BadInput
from annotations.label_studio.webhook import Webhook, kept_webhook
from annotations.store.tables import webhook_events


@dataclass(frozen=True, slots=True)
class WaitingWebhook:
    """One webhook that waits to be worked off. ``webhook``: None where what was kept is damaged; ``why``: how."""

    sequence: int
    webhook: Webhook | None
    why: str = ""


def store_event(connection: Connection, webhook: Webhook) -> int:
    """Keep a webhook; returns its place in the order."""
    values = {"action": webhook.action, "body": webhook.to_json()}
    done = connection.execute(webhook_events.insert().values(**values))
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def waiting_events(connection: Connection, *, most: int) -> tuple[WaitingWebhook, ...]:
    """The oldest webhooks that are not worked off yet."""
    e = webhook_events
    rows = connection.execute(select(e).where(e.c.done.is_(False)).order_by(e.c.sequence).limit(most))
    return tuple(map(_event, rows))


def finish_events(connection: Connection, sequences: Sequence[int], outcome: str) -> None:
    """They are worked off: what they said is elsewhere now, so only the outcome stays."""
    these = webhook_events.c.sequence.in_(list(sequences))
    connection.execute(
        webhook_events.update().where(these).values(done=True, body=None, outcome=outcome[:500])
    )


def newest_event(connection: Connection) -> int:
    """The place of the newest webhook; 0 before the first."""
    return int(connection.execute(select(func.max(webhook_events.c.sequence))).scalar() or 0)


def count_waiting(connection: Connection) -> int:
    """How many webhooks wait to be worked off."""
    wanted = select(func.count()).select_from(webhook_events).where(webhook_events.c.done.is_(False))
    return int(connection.execute(wanted).scalar_one())


def _event(row: Row[Any]) -> WaitingWebhook:
    try:
        return WaitingWebhook(row.sequence, kept_webhook(row.action, row.body or {}))
    except BadInput as error:
        return WaitingWebhook(row.sequence, None, str(error))
