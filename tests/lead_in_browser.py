"""A lead's browser on an empty study: signed in, with what a form needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings
from service.web.app import create_app

KEY = "k" * 43
INTERVIEW = """Interviewer: How did the handover go, with the new board?
JKG-01: The board helped. It took us weeks to trust it, though.
Interviewer: Who asked for it?
JKG-01: The ward sister did, and then everybody wanted it.
"""
SECOND = """Interviewer: And what came of it?
DND-03: We dropped it after a month, nobody had the time.
"""


class Lead:
    """Opens pages and sends forms as a browser does: with the form's token, from our own origin."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        app = create_app(parts, key=KEY)
        # however busy the machine is, a page says how things stand now
        app.state.study_now.quick_s = 600.0
        self.client = TestClient(app, base_url="http://127.0.0.1:8430")
        self.client.get(f"/?key={KEY}")

    def get(self, path: str) -> Any:
        """A page."""
        return self.client.get(path)

    def post(self, path: str, data: dict[str, Any] | None = None, files: Any = None) -> Any:
        """A form."""
        found = re.search(r'name="csrf" value="([^"]*)"', self.client.get("/settings").text)
        fields = {"csrf": found[1] if found else "", **(data or {})}
        return self.client.post(path, data=fields, files=files, headers={"Origin": "http://127.0.0.1:8430"})

    def send(self, *files: tuple[str, str | bytes]) -> Any:
        """Files, as the page of "Bring in" sends them; gives the preview."""
        return self.post("/bring-in", files=[("files", (name, content)) for name, content in files])


def a_study(folder: Path, **config: Any) -> Parts:
    """An empty study and its parts."""
    study, _ = make_study(
        folder / "s", codebook="common-framework", config={"name": "Handover", "waves": ["1", "2"], **config}
    )
    return Parts(study, read_settings({"TANDEM_STATE": str(folder / "state")}))


def settings_form(lead: Lead, **changed: str) -> dict[str, str]:
    """The form of the settings as the page shows it, with some fields changed."""
    page = lead.get("/settings").text
    fields = dict(re.findall(r'<input id="(\w+)" name="\w+" type="text" value="([^"]*)"', page))
    fields |= dict(re.findall(r'<textarea id="(\w+)"[^>]*>([^<]*)</textarea>', page))
    fields["unit"] = "turn"
    fields |= dict(re.findall(r'name="(\w+)" value="(yes)" checked', page))
    return {**fields, **changed}
