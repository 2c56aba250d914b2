"""The codings of AnnoMI's experts of wave 2, made again as annotations of ten coders in a real Label Studio.

Meanwhile one webhook in five is lost, others come twice or in another order, the service is killed and started again,
and Label Studio is stopped in the middle of a push and of a pull. At the end reviews must equal annotations: none
missing, none twice, each with the condition that follows from what was on the screen. Needs ../shared/data.
``--sessions N``: the N shortest of the 45 sessions; ``--kills``, ``--cuts``: how often; ``--minutes``: as many
annotations as these allow.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT / "tests"))

from experts_at_work import Replay  # noqa: E402
from experts_study import made_of, passes  # noqa: E402
from real_server import free_port  # noqa: E402 (after the path is set)

from service.label_studio.local import LocalLabelStudio  # noqa: E402


def main(sessions: int | None, kills: int, cuts: int, minutes: float) -> dict[str, Any]:
    """Run it; returns the figures."""
    with tempfile.TemporaryDirectory() as made, ExitStack() as closing:
        folder = Path(made)
        local = LocalLabelStudio(folder / "state")
        template = local.program.parents[1] / "empty-for-tests" if local.program else None
        if template is not None and template.is_dir():
            shutil.copytree(template, local.folder)
        access = local.start(port=free_port())
        closing.callback(local.stop)
        source = made_of(SHARED, folder / "annomi")
        replay = Replay(folder, local, access, source, passes(source / "answers.csv", sessions))
        closing.callback(replay.close)
        return replay.run(kills, cuts, 60 * minutes)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--cuts", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=600)
    given = parser.parse_args()
    found = main(given.sessions, given.kills, given.cuts, given.minutes)
    print(json.dumps(found))
    wrong = (
        "missing",
        "not_said",
        "doubled",
        "conditions_wrong",
        "shown_on_blind_tasks",
        "second_pull_changes",
    )
    sys.exit(not found["equal_to_label_studio"] or any(found[one] for one in wrong))
