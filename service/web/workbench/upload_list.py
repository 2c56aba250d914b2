"""The list of transcripts that were sent: what a look found of each, in the columns of a page."""

from __future__ import annotations

from typing import Any

from service.bringing_in.uploads import Upload
from service.web.lists import ListColumn
from service.web.request_limits import UPLOADS as PATH


def columns_of(found: Upload) -> tuple[ListColumn[dict[str, Any]], ...]:
    """The columns; a file leads to its page."""
    return (
        ListColumn(
            "file",
            "File",
            lambda one: one["file"],
            address=lambda one: f"{PATH}/{found.id}/file/{one['number']}",
        ),
        ListColumn("look", "Look at", _look, choice=True),
        ListColumn("state", "It is", lambda one: one["state"], choice=True),
        ListColumn("participant", "Participant", lambda one: one["participant"]),
        ListColumn("case", "Case", lambda one: one["case"], choice=True),
        ListColumn("site", "Site", lambda one: one["site"], choice=True),
        ListColumn("wave", "Wave", lambda one: one["wave"], choice=True),
        ListColumn("turns", "Turns", lambda one: one["turns"]),
        ListColumn("coded", "of these coded", lambda one: one["coded_turns"]),
        ListColumn("who", "Who speaks", _who),
        ListColumn("consents", "Consents", _consents, choice=True),
    )


def _look(one: dict[str, Any]) -> str:
    """What to look at, in the shortest words that say it."""
    if one["look"]:
        return f"look: {len(one['look'])}"
    return "a note" if one["warnings"] else "nothing"


def _who(one: dict[str, Any]) -> str:
    said = []
    for speaker in one["speakers"][:4]:
        role = "answers" if speaker["coded"] else "asks"
        said.append(f"{speaker['label'] or 'no label'} {role}{'' if speaker['known'] else '?'}")
    more = len(one["speakers"]) - 4
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")


def _consents(one: dict[str, Any]) -> str:
    return (
        ", ".join(filter(None, ("learn" if one["may_train"] else "", "quote" if one["may_quote"] else "")))
        or "neither"
    )
