"""The table of a project's tasks, as whoever opens the project first sees it."""

from __future__ import annotations

from typing import Any

from annotations.label_studio.client import LabelStudio
from annotations.label_studio.task_data import KEY, REASONS

TITLE = "Tasks"
# markup that only the labelling screen makes readable, and a number that says nothing to anybody
_NOT_TO_READ = (REASONS, "before", "after", KEY)


def ensure_tab(server: LabelStudio, project: int) -> None:
    """Make the first tab, without the columns that nobody can read; tabs that are there already stay as they are.

    Label Studio would make one itself when the project is opened, with all that a task holds.
    """

    def is_there() -> bool:
        return bool(server.ask("GET", f"api/dm/views?project={project}"))

    if is_there():
        return
    columns = server.ask("GET", f"api/dm/columns?project={project}")["columns"]
    hidden = {mode: sorted(_hidden(columns, mode)) for mode in ("explore", "labeling")}
    data = {"title": TITLE, "type": "list", "target": "tasks", "hiddenColumns": hidden}
    server.make("api/dm/views/", {"project": project, "data": data}, is_there)


def _hidden(columns: list[dict[str, Any]], mode: str) -> set[str]:
    """Those that Label Studio itself hides in this mode, and ours."""
    by_default = {
        f"tasks:{'data.' if one.get('parent') == 'data' else ''}{one['id']}"
        for one in columns
        if not one.get("visibility_defaults", {}).get(mode, True)
    }
    return by_default | {f"tasks:data.{name}" for name in _NOT_TO_READ}
