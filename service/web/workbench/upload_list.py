"""The list of transcripts that were sent: what a look found of each, in the columns of a page."""

from __future__ import annotations

from typing import Any

from service.bringing_in.uploads import Upload
from service.web.lists import ListColumn
from service.web.request_limits import UPLOADS as PATH


def columns_of(upload_shown: Upload) -> tuple[ListColumn[dict[str, Any]], ...]:
    """The columns; a file leads to its page."""
    return (
        ListColumn(
            "file",
            "File",
            lambda row: row["file"],
            address=lambda row: f"{PATH}/{upload_shown.id}/file/{row['number']}",
        ),
        ListColumn("look", "Look at", _look, choice=True),
        ListColumn("state", "It is", lambda row: row["state"], choice=True),
        ListColumn("participant", "Participant", lambda row: row["participant"]),
        ListColumn("case", "Case", lambda row: row["case"], choice=True),
        ListColumn("site", "Site", lambda row: row["site"], choice=True),
        ListColumn("wave", "Wave", lambda row: row["wave"], choice=True),
        ListColumn("turns", "Turns", lambda row: row["turns"]),
        ListColumn("coded", "of these coded", lambda row: row["coded_turns"]),
        ListColumn("who", "Who speaks", _who),
        ListColumn("consents", "Consents", _consents, choice=True),
    )


def _look(file_plain: dict[str, Any]) -> str:
    """What to look at, in the shortest words that say it."""
    if file_plain["look"]:
        return f"look: {len(file_plain['look'])}"
    return "a note" if file_plain["warnings"] else "nothing"


def _who(file_plain: dict[str, Any]) -> str:
    said = []
    for speaker in file_plain["speakers"][:4]:
        role = "answers" if speaker["coded"] else "asks"
        said.append(f"{speaker['label'] or 'no label'} {role}{'' if speaker['known'] else '?'}")
    more = len(file_plain["speakers"]) - 4
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")


def _consents(file_plain: dict[str, Any]) -> str:
    return (
        ", ".join(
            filter(
                None, ("learn" if file_plain["may_train"] else "", "quote" if file_plain["may_quote"] else "")
            )
        )
        or "neither"
    )
