"""Several demonstrations on one machine share its Label Studio: it stops with the last of them, not with the first.

One that ran before the first of them, since somebody started it, stops with none.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from service.label_studio.local import Access, LocalLabelStudio, when_began

_USERS, _STARTED = "used-by", "started-by-demo.json"


def start_or_share(local: LocalLabelStudio, *, port: int) -> Access:
    """The Label Studio that runs, or a new one; this process uses it until ``end_using``. Raises as its ``start``."""
    before = local.running_process()
    # before it is asked for: whoever used it so far must not stop it meanwhile
    _begin_using(local)
    access = local.start(port=port)
    if local.running_process() != before:
        (local.folder / _STARTED).write_text(json.dumps(local.running_process()), "utf-8")
    return access


def _begin_using(local: LocalLabelStudio) -> None:
    folder = local.folder / _USERS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pid = os.getpid()
    (folder / f"{pid}.json").write_text(json.dumps({"began": when_began(pid)}), "utf-8")


def how_it_stops(local: LocalLabelStudio) -> str:
    """What a demonstration says of stopping Tandem and Label Studio."""
    if not _started_by_demo(local):
        return (
            "Stop Tandem with Ctrl+C. Label Studio ran before and goes on: tandem label-studio stop ends it."
        )
    if _others_using(local):
        return "Stop Tandem with Ctrl+C. Another demonstration uses Label Studio too: it stops with the last of them."
    return "Stop Tandem and Label Studio with Ctrl+C."


def end_using(local: LocalLabelStudio) -> bool:
    """This process uses it no more. Stops it where nobody else does and a demonstration started it; was it so?"""
    with suppress(OSError):
        (local.folder / _USERS / f"{os.getpid()}.json").unlink(missing_ok=True)
    if _others_using(local) or not _started_by_demo(local):
        return False
    (local.folder / _STARTED).unlink(missing_ok=True)
    return local.stop()


def _started_by_demo(local: LocalLabelStudio) -> bool:
    running = local.running_process()
    return running is not None and _read(local.folder / _STARTED) == running


def _others_using(local: LocalLabelStudio) -> bool:
    files = (local.folder / _USERS).glob("*.json")
    return any(_runs(file) for file in files if file.stem != str(os.getpid()))


def _runs(file: Path) -> bool:
    noted = _read(file)
    if noted is None or not file.stem.isdecimal():
        return False
    began = when_began(int(file.stem))
    if began is None or noted.get("began") != began:
        with suppress(OSError):
            file.unlink(missing_ok=True)
        return False
    return True


def _read(file: Path) -> dict[str, object] | None:
    try:
        noted = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return noted if isinstance(noted, dict) else None
