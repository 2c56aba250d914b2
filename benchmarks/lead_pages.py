"""How long every page takes on a large study: 300 transcripts, 100,000 passages, 12 coders, three waves.

    python benchmarks/lead_pages.py [--transcripts N] [--passages N] [--coders N] [--times N] [--keep FOLDER]

The study is made in a folder (``benchmarks/large_study.py``), the agreement report is measured once, as its job does, and
the pages are asked of a server in a process of its own. Prints a line a page: median and 95th percentile in milliseconds,
kilobytes, and the server's processor time for an answer in milliseconds, which says what a page takes where other programs
keep the machine busy. Fails where a page has more than 300 KB, or takes more than 200 ms by the clock and of the processor.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parents[1]
LONGEST_WARM_S, LOOK_S, IDLE = 600.0, 3.0, 0.05
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from large_study import make_large  # noqa: E402 (after the path is set)
from pages import LARGEST_KB, P95_MS, measured, served  # noqa: E402

from annotations.store.doubts import all_doubts  # noqa: E402
from annotations.store.segments import segments_of  # noqa: E402
from annotations.store.transcripts import all_texts  # noqa: E402
from annotations.study.config import read_study  # noqa: E402
from service.access.keys import key_for  # noqa: E402
from service.agreement.kept_report import measure  # noqa: E402
from service.composition import Parts  # noqa: E402
from service.settings import read_settings  # noqa: E402


def pages_of(parts: Parts) -> dict[str, str]:
    """Every page by name, each where most is to be shown."""
    with parts.store.reading() as connection:
        first = all_texts(connection)[0]
        segment = segments_of(connection, parts.segmentation.version)[first.id][0].id
        doubt = all_doubts(connection)[0].id
    code = parts.codebook.applicable[0].id
    return {
        "Study": "/",
        "Study, who is at what": "/study/work",
        "Study, wave 2": "/study/work?wave=2&page=3",
        "Bring in": "/bring-in",
        "Participants": "/participants",
        "Participant": f"/participants/of?who={first.transcript.participant}",
        "Hand out": "/hand-out",
        "Hand out, wave 2": "/hand-out/wave?wave=2",
        "Ticks": "/hand-out/ticks",
        "Agreement": "/agreement",
        "Agreement, figures": "/agreement/figures",
        "Agreement, pairs": "/agreement/pairs",
        "Disagreements": "/disagreements",
        "Disagreements, code": f"/disagreements?code={code}",
        "Disagreement": f"/disagreements/{first.id}/{segment}",
        "Models": "/models",
        "Model": "/models/v1",
        "Results": "/results",
        "Results, patterns": "/results/patterns",
        "Results, saturation": "/results/saturation",
        "Ratings": "/results/ratings",
        "Timeline": "/results/timeline",
        "Report": "/results/report",
        "Unseen": "/models/unseen",
        "Jobs": "/jobs",
        "People": "/people",
        "Audit": "/audit",
        "Exports": "/exports",
        "Exports, codings": "/exports/of/codings",
        "Settings": "/settings",
        "Backups": "/backups",
        "Settle": "/settle",
        "My work": "/work?coder=Coder%2000",
        "Read, list": "/interviews",
        "Read": f"/interviews/{first.id}",
        "Search": "/interviews/search?words=ward%20sister",
        "Codebook": "/codebook",
        "Code": f"/codebook/{code}",
        "Doubts": "/doubts",
        "Doubt": f"/doubts/{doubt}",
    }


def measure_agreement(parts: Parts) -> str:
    """Measure and keep the agreement report; what it took."""
    before = os.times()
    measure(parts, {})
    after = os.times()
    seconds = after.user + after.system - before.user - before.system
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return f"agreement: {seconds:.1f} s of processor, {peak:.0f} MB at most"


def main() -> None:
    """Run it; exit status 1 where a page is too slow or too large."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    given.add_argument("--transcripts", type=int, default=300)
    given.add_argument("--passages", type=int, default=100_000)
    given.add_argument("--coders", type=int, default=12)
    given.add_argument("--times", type=int, default=20)
    given.add_argument(
        "--keep", type=Path, help="where the study stays; one that is there already is asked again"
    )
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        if (folder / "study").is_dir():
            state = read_settings({"TANDEM_STATE": str(folder / "state")})
            parts = Parts(read_study(folder / "study"), state)
        else:
            parts = make_large(folder, asked.transcripts, asked.passages, asked.coders)
            print(measure_agreement(parts), flush=True)
        try:
            _measure(parts, asked.times)
        finally:
            parts.close()


def _until_idle(server: psutil.Process) -> float:
    """Wait until the server has gone through its study, as it does once after its start; the seconds that took."""
    began = time.perf_counter()
    while time.perf_counter() - began < LONGEST_WARM_S:
        before = server.cpu_times()
        time.sleep(LOOK_S)
        after = server.cpu_times()
        if after.user + after.system - before.user - before.system < IDLE * LOOK_S:
            break
    return time.perf_counter() - began


def _measure(parts: Parts, times: int) -> None:
    slow = []
    pages = pages_of(parts)
    with (
        served(parts) as (url, ready, server),
        httpx.Client(base_url=url, follow_redirects=True, timeout=120) as client,
    ):
        print(f"ready after {ready:.1f} s")
        began = time.perf_counter()
        client.get(f"/?key={key_for(parts.settings, parts.study.folder)}")
        print(f"first visit {1000 * (time.perf_counter() - began):.0f} ms")
        print(f"went through the study in {_until_idle(server):.0f} s, beside whoever asks")
        for name, path in pages.items():
            try:
                took = measured(client, server, {name: path}, times)[name]
            except SystemExit as refused:
                slow.append(str(refused))
                print(f"{name:24}{refused}")
                continue
            print(f"{name:24}" + "".join(f"{key} {value:8.1f}  " for key, value in took.items()), flush=True)
            if min(took["p95_ms"], took["cpu_ms"]) > P95_MS or took["kb"] > LARGEST_KB:
                slow.append(name)
        print(f"the server holds {server.memory_info().rss / 1e6:.0f} MB")
    if slow:
        raise SystemExit(f"too slow or too large: {', '.join(slow)}")


if __name__ == "__main__":
    main()
