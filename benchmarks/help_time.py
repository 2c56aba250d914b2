"""How long "tandem --help" takes, beside a Python that does nothing and one that imports Typer."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 9


def _seconds(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    tandem = str(Path(sys.executable).with_name("tandem"))
    runs: dict[str, list[float]] = {"help": [], "python": [], "typer": []}
    for _ in range(ROUNDS):
        runs["help"].append(_seconds(tandem, "--help"))
        runs["python"].append(_seconds(sys.executable, "-c", "pass"))
        runs["typer"].append(_seconds(sys.executable, "-c", "import typer, rich.console"))
    median = {name: round(statistics.median(found), 3) for name, found in runs.items()}
    print(
        json.dumps(
            {
                "help_s": median["help"],
                "python_s": median["python"],
                "typer_and_rich_s": median["typer"],
                "ratio_to_typer": round(median["help"] / median["typer"], 2),
                "target_s": 0.5,
            }
        )
    )
