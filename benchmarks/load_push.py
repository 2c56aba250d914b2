"""What a push writes, in a process of its own: lots of tasks with what they show, into a project of their own.

    python benchmarks/load_push.py STUDY

It writes until its standard input ends, and says then how many tasks it wrote.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fake_label_studio import URL, keys_of  # noqa: E402 (after the path is set)

from annotations.store.label_studio_projects import add_project  # noqa: E402
from annotations.store.model_versions import get_model  # noqa: E402
from annotations.store.pushed_tasks import PushedTask, keep_tasks  # noqa: E402
from annotations.store.small_transactions import in_small_transactions  # noqa: E402
from service.composition import open_parts  # noqa: E402

# between two lots Label Studio is asked, so this is more than a push can do
PAUSE_S = 0.5
LOT = 250


def main(folder: Path) -> None:
    """Write."""
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    with open_parts(folder) as parts:
        with parts.store.writing() as connection:
            row = add_project(connection, url=URL, project_id=8, title="Pushed", coder=None, wave="2")
            model = get_model(connection, "v1")
        keys, at = keys_of(parts), 0
        while not ended.wait(PAUSE_S):
            some = [keys[(at + n) % len(keys)] for n in range(LOT)]
            tasks = [PushedTask(key, n + 1, uuid4().hex, model.id, None) for n, key in enumerate(some)]
            in_small_transactions(
                parts.store, tasks, lambda connection, few: keep_tasks(connection, row.id, few)
            )
            at += LOT
    print(at)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
