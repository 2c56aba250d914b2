"""The list of transcripts that were sent: what a look found of each, in the columns of a page."""

from __future__ import annotations

from typing import Any

from annotations.study.config import StudyConfig
from service.bringing_in.missing import lacks
from service.bringing_in.uploads import Upload
from service.web.lists import ListColumn
from service.web.request_limits import UPLOADS as PATH
from service.web.workbench.words_shown import words_shown


def columns_of(
    upload_shown: Upload, used: frozenset[str], config: StudyConfig
) -> tuple[ListColumn[dict[str, Any]], ...]:
    """The columns; a file leads to its page. ``used``: what the study tells transcripts apart by (``used_in``)."""
    return (
        ListColumn(
            "file",
            "File",
            lambda row: row["file"],
            address=lambda row: f"{PATH}/{upload_shown.id}/file/{row['number']}",
        ),
        ListColumn("missing", "Missing", lambda row: _missing(row, used, config), choice=True),
        ListColumn("look", "Look at", lambda row: "; ".join(_look(row)), text=_in_short),
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


def _missing(file_plain: dict[str, Any], used: frozenset[str], config: StudyConfig) -> str:
    return ", ".join(f"no {what}" for what in lacks(file_plain, used, config))


def _look(file_plain: dict[str, Any]) -> list[str]:
    """What to look at, in words; what is missing stands in its own column."""
    return [
        *file_plain["look"],
        *(said for said in file_plain["warnings"] if not said.startswith("no participant is known")),
    ]


def _in_short(file_plain: dict[str, Any]) -> str:
    return words_shown("; ".join(_look(file_plain)), 90)


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
