"""tandem pull: what coders decided in Label Studio becomes reviews."""

from __future__ import annotations

from typing import Any

from annotations.numbers_shown import counted
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, table, warn

NAME = "pull"


def command(study: StudyOption = None, json: JsonOption = False) -> None:
    """Read what coders decided in Label Studio. Pulling again changes nothing; it mends whatever was missed."""
    from service.composition import open_parts
    from service.corrections.list_set_aside import set_aside
    from service.corrections.pull import pull

    with open_parts(chosen(study)) as parts:
        with progress("Pulling from Label Studio") as step:
            pulled = pull(parts, step)
        aside = [annotation.to_json() for annotation in set_aside(parts)]
    plain = pulled.to_json() | {"set_aside_annotations": aside}
    if json:
        as_json(plain)
        return
    _print(plain)


def _print(plain: dict[str, Any]) -> None:
    as_before = counted(plain["tasks_unchanged"], "task stands", "tasks stand")
    unchanged = f", {as_before} as read before" if plain["tasks_unchanged"] else ""
    say(
        f"{counted(plain['annotations_read'], 'annotation')} read{unchanged}: "
        f"{counted(plain['reviews_new'], 'new review')}, "
        f"{plain['reviews_superseded']:,} in place of earlier ones, {counted(plain['deleted'], 'annotation')} deleted."
    )
    if plain["taken_back"]:
        were = counted(plain["taken_back"], "review was", "reviews were")
        say(f"{were} taken back; tandem history still shows what was said.")
    warn(*plain["notes"])
    if not plain["set_aside"]:
        return
    say(
        "",
        f"{counted(plain['set_aside'], 'annotation is', 'annotations are')} set aside: nothing is lost, and nothing of it "
        f"counts yet.",
    )
    by_reason: dict[str, list[dict[str, Any]]] = {}
    for annotation in plain["set_aside_annotations"]:
        by_reason.setdefault(annotation["why"], []).append(annotation)
    for why, its in by_reason.items():
        say("", f"{len(its)} × {why}")
        rows = [
            (
                annotation["transcript"],
                _shown(annotation["turn"]),
                annotation["user"],
                annotation["task"],
                annotation["annotation"],
            )
            for annotation in its[:10]
        ]
        table("", ("transcript", "turn", "user", "task", "annotation"), rows, numbers=2)
        if len(its) > 10:
            say(f"… and {len(its) - 10} more (--json lists all)")


def _shown(turn: int | None) -> int | None:
    from annotations.turn_numbers import shown_number

    return None if turn is None else shown_number(turn)
