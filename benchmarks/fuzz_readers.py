"""How readers bear broken and hostile files: python benchmarks/fuzz_readers.py [--mutations N] [ENDING …]

Each mutation of a sample is read or refused with a sentence. Anything else, more than 5 s of processor for one file
(or 60 s in all), or more than 500 MB of memory, is a fault: its seed is printed, the file is kept in the folder
--keep, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import signal
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from mutated import mutated  # noqa: E402 - found by the line above
from written import read_as, samples_of, sound  # noqa: E402

from annotations.errors import BadInput  # noqa: E402
from annotations.readers.reading import ENDINGS  # noqa: E402

MOST_SECONDS = 5.0  # of processor, so that a busy machine is no fault
HANGING = 60.0
MOST_MEGABYTES = 500


class _TooLong(BaseException):
    """A file took longer than it may."""


def _stop(_signal: int, _frame: object) -> None:
    raise _TooLong


def run(ending: str, mutations: int, first: int, keep: Path) -> int:
    """Read that many mutations with the reader of an ending; prints the figures and returns how many faults."""
    samples = samples_of(ending)
    counted, faults, longest = Counter[str](), 0, 0.0
    began = time.perf_counter()
    for number in range(first, first + mutations):
        chance = random.Random(number)  # noqa: S311 - reproducible, not secret
        content = mutated(chance.choice(samples), chance, samples)
        at = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
        signal.setitimer(signal.ITIMER_REAL, HANGING)
        try:
            found = read_as(ending, content)
            fault = next((why for one in found if (why := sound(one))), "")
            counted["read"] += 1
        except BadInput as error:
            fault = "" if f"x{ending}" in str(error) else f"a sentence that does not name the file: {error}"
            counted["refused"] += 1
        except _TooLong:
            fault = f"more than {MOST_SECONDS} s of processor, or it hangs"
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            fault = f"{type(error).__name__}: {error}"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
        longest = max(longest, time.process_time() - at)
        if fault:
            faults += 1
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{number}{ending}").write_bytes(content)
            print(f"{ending} {number}: {fault[:300]}", flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    faults += memory > MOST_MEGABYTES
    print(
        f"{ending}: {mutations} mutations of {len(samples)} samples, {counted['read']} read, {counted['refused']} refused, "
        f"{faults} faults, longest {longest:.2f} s, memory {memory:.0f} MB, {time.perf_counter() - began:.0f} s in all",
        flush=True,
    )
    return faults


def main() -> int:
    """Fuzz the readers of the endings given, or all."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("endings", nargs="*", default=list(ENDINGS))
    words.add_argument("--mutations", type=int, default=100_000)
    words.add_argument("--first", type=int, default=0, help="the seed to begin with")
    words.add_argument("--keep", type=Path, default=Path("fuzz-faults"))
    given = words.parse_args()
    warnings.simplefilter("ignore")
    for late in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(late, _stop)
    gc.freeze()
    return min(1, sum(run(ending, given.mutations, given.first, given.keep) for ending in given.endings))


if __name__ == "__main__":
    sys.exit(main())
