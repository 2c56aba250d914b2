"""All benchmarks, one after the other, in processes of their own; each prints one JSON object."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
# this one; packed here and run on another machine; started by the benchmark "load"
APART = ("run", "elsewhere", "load_peer")
ARGUMENTS = {"quality": ["--quick"], "review_order": ["NHS"]}  # all of it takes hours

if __name__ == "__main__":
    failed = 0
    for file in sorted(HERE.glob("*.py")):
        if file.stem in APART:
            continue
        print(f"== {file.stem}", flush=True)
        failed += (
            subprocess.run([sys.executable, str(file), *ARGUMENTS.get(file.stem, [])], check=False).returncode
            != 0
        )
    sys.exit(failed)
