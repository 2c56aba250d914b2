"""Projects in Label Studio: made, found, and brought up to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotations.label_studio.client import LabelStudio

SHORTEST_TITLE, LONGEST_TITLE = 3, 50
_INSTRUCTION = (
    "<p>Read the passage in the shaded box; the turns around it are context. The boxes on the right are what a model "
    "thinks most likely: change whatever you see differently, and find any other code in the list below them. If no "
    "code applies, say so (n). Ctrl+Enter submits. Some passages are shown without suggestions, on purpose. When Label "
    "Studio says that no more tasks are left, go back to the page My work in Tandem.</p>"
)
_INSTRUCTION_WHOLE = (
    "<p>Read the interview. Blue marks are what a model suggests: they count when you submit, so delete those that are "
    "wrong (click, Backspace). Orange ones are doubtful: they count only if you confirm them (click, 2). To code words of "
    "your own press 1, mark them, click the mark and choose codes on the right. Submitting says that you have read all, or "
    "all up to the mark “read up to here” (4). You can stop at any time: what you did is kept. "
    "When Label Studio says that no more tasks are left, go back to the page My work in Tandem.</p>"
)


@dataclass(frozen=True, slots=True)
class Project:
    """A project in Label Studio. ``model_version``: whose predictions it pre-fills with, "" for none."""

    id: int
    title: str
    url: str
    model_version: str


def ensure_project(
    server: LabelStudio, title: str, config: str, *, known: int | None, whole: bool = False
) -> tuple[Project, bool]:
    """The project with this configuration: the known one brought up to date, or a new one.

    ``whole``: one of its tasks is a whole interview.

    Returns the project and whether it is new (also where the known one has been deleted).
    """
    project_there = server.get(_path(known), {}) if known is not None else None
    if project_there is None:
        # sent once: nothing would tell a project made by a try that was cut off from another one of this title
        return _project(server, server.ask("POST", "api/projects/", _wanted(title, config, whole))), True
    if project_there.get("label_config") != config:
        wanted = {"label_config": config}
        server.ask_patiently("POST", f"{_path(project_there['id'])}validate/", wanted)
        server.ask_patiently("PATCH", _path(project_there["id"]), wanted)
    return _project(server, project_there), False


def used_controls(server: LabelStudio, project: int) -> frozenset[str]:
    """The names of the controls in which somebody has answered there, in drafts too; Label Studio lets none go."""
    plain = server.get(f"{_path(project)}summary/", {}) or {}
    answered = {str(name).partition("|")[0] for name in plain.get("created_annotations") or ()}
    return frozenset(answered | {str(name) for name in plain.get("created_labels_drafts") or ()})


def used_answers(server: LabelStudio, project: int) -> dict[str, set[str]]:
    """What somebody has chosen in each control there, in drafts too, by aliases; Label Studio lets none go either."""
    plain = server.get(f"{_path(project)}summary/", {}) or {}
    chosen: dict[str, set[str]] = {}
    for key in ("created_labels", "created_labels_drafts"):
        for control, counts in (plain.get(key) or {}).items():
            chosen.setdefault(str(control), set()).update(map(str, counts))
    return chosen


def project_exists(server: LabelStudio, project: int) -> bool:
    """Is the project there?"""
    return server.get(_path(project), {}) is not None


def _wanted(title: str, config: str, whole: bool) -> dict[str, Any]:
    return {
        "title": _title(title),
        "label_config": config,
        "show_collab_predictions": True,
        "enable_empty_annotation": False,
        "sampling": "Sequential sampling",
        "show_skip_button": True,
        "expert_instruction": _INSTRUCTION_WHOLE if whole else _INSTRUCTION,
        "show_instruction": False,
    }


def _project(server: LabelStudio, plain: Mapping[str, Any]) -> Project:
    number = int(plain["id"])
    url = f"{server.url}/projects/{number}"
    return Project(number, str(plain.get("title") or ""), url, str(plain.get("model_version") or ""))


def _path(project: int) -> str:
    return f"api/projects/{project}/"


def _title(title: str) -> str:
    """Label Studio takes titles of 3 to 50 characters."""
    short = title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"
    return short if len(short) >= SHORTEST_TITLE else f"{short} study"
