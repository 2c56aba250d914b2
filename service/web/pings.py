"""Does each outside thing answer? Asked by name, and not more often than every few seconds."""

from __future__ import annotations

import time
from collections.abc import Mapping

import httpx
from sqlalchemy import text

from annotations.errors import BadInput, TandemError
from service.composition import Parts
from service.label_studio.local import LocalLabelStudio
from service.trust.reach import label_studio_address

LIMIT_S = 1.0
KEPT_S = 5.0


class Pings:
    """The answers of the database, Label Studio and MLflow, each "ok" or a sentence without an address.

    What is not there to be asked (no Label Studio started, MLflow's store in the study's folder) is left out.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._outside: tuple[float, Mapping[str, str]] = (-KEPT_S, {})

    def ask(self) -> dict[str, str]:
        """Ask each."""
        since, outside = self._outside
        if time.monotonic() - since >= KEPT_S:
            outside = self._ask_outside()
            self._outside = (time.monotonic(), outside)
        return {"database": self._database(), **outside}

    def _database(self) -> str:
        try:
            with self._parts.store.reading() as connection:
                connection.execute(text("SELECT 1"))
        except TandemError:
            return "does not answer"  # the sentence names the address, and whoever asks here shows no key
        return "ok"

    def _ask_outside(self) -> dict[str, str]:
        settings = self._parts.settings
        states: dict[str, str] = {}
        try:
            url = label_studio_address(self._parts.study, settings)
        except BadInput:
            states["label studio"] = "is not asked: nobody has confirmed its address"
            url = None
        if url is None and not states:
            local = LocalLabelStudio(settings.state, settings.label_studio_env).access()
            url = local.url if local else None
        if url is not None:
            states["label studio"] = _answers(f"{url.rstrip('/')}/health")
        tracking = settings.tracking_uri or ""
        if tracking.startswith(("http://", "https://")):
            states["mlflow"] = _answers(f"{tracking.rstrip('/')}/health")
        return states


def _answers(url: str) -> str:
    try:
        with httpx.Client(trust_env=False, timeout=LIMIT_S) as client:
            status = client.get(url).status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return "does not answer"
    return "ok" if status == 200 else f"answers {status}"
