"""The table of a project's tasks, as whoever opens the project first sees it."""

from __future__ import annotations

from typing import Any

from annotations.label_studio.client import LabelStudio
from annotations.label_studio.task_data import INTERVIEW, PASSAGE, TURN

TITLE = "Passages"
_EARLIER_TITLES = ("Tasks",)
# of what a task holds: plain words; the rest is markup that only the labelling screen makes readable, or numbers
_TO_READ = (INTERVIEW, TURN, PASSAGE)
# of what Label Studio counts: when it was done, and by whom; an open task has nothing there
_COUNTED = ("completed_at", "annotators")


def ensure_tab(server: LabelStudio, project: int, title: str = TITLE) -> None:
    """Make the first tab: interview, turn, the words, and done or not. Tabs that people made stay as they are.

    Label Studio would make one itself when the project is opened, with all that a task holds. One that an earlier
    version of Tandem made is brought up to date.
    """
    tabs = server.ask("GET", f"api/dm/views?project={project}") or []
    mine = next((tab for tab in tabs if _title(tab) == title), None)
    earlier = next((tab for tab in tabs if _title(tab) in _EARLIER_TITLES), None)
    if mine is not None or (tabs and earlier is None):
        return
    columns = server.ask("GET", f"api/dm/columns?project={project}")["columns"]
    hidden = {mode: sorted(_hidden(columns)) for mode in ("explore", "labeling")}
    data = {"title": title, "type": "list", "target": "tasks", "hiddenColumns": hidden}
    if earlier is not None:
        changed = {"project": project, "data": {**earlier["data"], **data}}
        server.ask("PATCH", f"api/dm/views/{earlier['id']}/", changed)
        return
    server.make(
        "api/dm/views/",
        {"project": project, "data": data},
        lambda: bool(server.ask("GET", f"api/dm/views?project={project}")),
    )


def _title(tab: dict[str, Any]) -> str:
    return str((tab.get("data") or {}).get("title") or "")


def _hidden(columns: list[dict[str, Any]]) -> set[str]:
    """All but what can be read by a coder."""
    shown = {f"tasks:data.{name}" for name in _TO_READ} | {f"tasks:{name}" for name in _COUNTED}
    every = {f"tasks:{'data.' if column.get('parent') == 'data' else ''}{column['id']}" for column in columns}
    return every - shown - {"tasks:data"}
