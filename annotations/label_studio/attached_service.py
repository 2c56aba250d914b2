"""Tandem's service as a Label Studio project knows it: the ML backend that suggests, the webhook that reports back.

Both are looked up first, so that attaching again makes no second one; a key or an address that has changed is put
right. Label Studio calls the backend while it is attached, so the service must answer then.
"""

from __future__ import annotations

from typing import Any

from annotations.label_studio.client import LabelStudio
from annotations.label_studio.predictions_on_tasks import show_version, version_shown
from annotations.label_studio.webhook import ACTIONS

BACKEND_PATH = "/ml"
WEBHOOK_PATH = "/hooks/label-studio"
KEY_HEADER = "X-Tandem-Key"
USER = "tandem"
TITLE = "Tandem"


def attach_backend(server: LabelStudio, project: int, *, service: str, key: str) -> None:
    """Let the project ask Tandem for suggestions, with the key as the password of HTTP Basic.

    The version that the project shows stays as it was: Label Studio would show the backend's own where there is none.
    """
    wanted = {
        "project": project,
        "url": f"{service}{BACKEND_PATH}",
        "title": TITLE,
        "is_interactive": False,
        "auth_method": "BASIC_AUTH",
        "basic_auth_user": USER,
        "basic_auth_pass": key,
    }

    def there() -> list[dict[str, Any]]:
        return _ours(server.ask("GET", f"api/ml?project={project}"), wanted["url"], TITLE)

    shown, ours = version_shown(server, project), there()
    # Label Studio does not tell the password, so it is given again each time
    if ours:
        server.ask("PATCH", f"api/ml/{ours[0]['id']}", wanted)
    else:
        server.make("api/ml", wanted, lambda: bool(there()))
        ours = _first_made(there())
    for surplus in ours[1:]:
        server.ask("DELETE", f"api/ml/{surplus['id']}")
    if version_shown(server, project) != shown:
        show_version(server, project, shown)


def attach_webhook(server: LabelStudio, project: int, *, service: str, key: str) -> None:
    """Let the project report every annotation made, changed or deleted, with the key in a header."""
    wanted = {
        "project": project,
        "url": f"{service}{WEBHOOK_PATH}",
        "send_payload": True,
        "send_for_all_actions": False,
        "headers": {KEY_HEADER: key},
        "actions": list(ACTIONS),
        "is_active": True,
    }

    def there() -> list[dict[str, Any]]:
        return _ours(server.ask("GET", f"api/webhooks/?project={project}"), wanted["url"], None)

    ours = there()
    if not ours:
        server.make("api/webhooks/", wanted, lambda: bool(there()))
        ours = _first_made(there())
    elif not _same(ours[0], wanted):
        server.ask("PATCH", f"api/webhooks/{ours[0]['id']}/", wanted)
    for surplus in ours[1:]:
        server.ask("DELETE", f"api/webhooks/{surplus['id']}/")


def _first_made(webhooks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A push and a service that starts may both make one at a time: both keep the one that came first."""
    return sorted(webhooks, key=lambda webhook: int(webhook["id"]))


def _ours(given: Any, url: Any, title: str | None) -> list[dict[str, Any]]:
    """Those at our address first, then those that bear our name or path at another one."""
    listed = [webhook for webhook in given or () if isinstance(webhook, dict)]
    here = [webhook for webhook in listed if webhook.get("url") == url]
    moved = [
        webhook
        for webhook in listed
        if webhook not in here
        and (
            str(webhook.get("url")).endswith(WEBHOOK_PATH) if title is None else webhook.get("title") == title
        )
    ]
    return here + moved


def _same(webhook: dict[str, Any], wanted: dict[str, Any]) -> bool:
    same = all(webhook.get(key) == wanted[key] for key in ("url", "headers", "is_active", "send_payload"))
    return (
        same and not webhook.get("send_for_all_actions") and set(webhook.get("actions", ())) == set(ACTIONS)
    )
