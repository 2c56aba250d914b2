"""What a study would have seen: AnnoMI's wave 2 comes in five batches, with a retraining after each.

Needs ../shared/data. The reviews of each batch are added as independent ones. For each version: the figure on the judge
set as it was then, whether it was promoted, and why; and a picture of that, docs/replay.png. The judge set grows with
the second wave, so the figures of two versions are not of the same sessions: what decides is the paired comparison
of each new version with the one that served, on the same sessions, drawn below.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
PICTURE = ROOT / "docs" / "replay.png"
TANDEM = str(Path(sys.executable).with_name("tandem"))
BATCHES = 5
_WON, _LOST, _PALE = "#1f6f4a", "#b3402a", "#8a94a6"


def _run(*arguments: str, cwd: Path) -> dict[str, Any]:
    done = subprocess.run([TANDEM, *arguments, "--json"], cwd=cwd, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _batches(answers: Path, folder: Path) -> list[Path]:
    """The codings of wave 2, a fifth of its sessions at a time."""
    with answers.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sessions = sorted({row["transcript"] for row in rows})
    files = []
    for at in range(BATCHES):
        some = set(sessions[at::BATCHES])
        own = [row for row in rows if row["transcript"] in some]
        file = folder / f"batch{at + 1}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(own)
        files.append(file)
    return files


def replay(folder: Path) -> list[dict[str, Any]]:
    """Every version's figure and what became of it."""
    source, study = folder / "annomi", folder / "study"
    subprocess.run([sys.executable, str(SHARED / "make_study.py"), "annomi", str(source)], check=True)
    _run("init", str(study), "--codebook", str(source / "codebook.csv"), cwd=folder)
    for wave in ("1", "2"):
        _run("import", str(source / f"wave{wave}"), "--wave", wave, cwd=study)
    _run("import-codings", str(source / "codings.csv"), cwd=study)
    if len(sys.argv) > 1:  # embeddings made before
        (study / "embeddings.db").write_bytes(Path(sys.argv[1]).read_bytes())
    found = [_version(_run("train", cwd=study))]
    for file in _batches(source / "answers.csv", folder):
        _run("import-codings", str(file), cwd=study)
        found.append(_version(_run("train", cwd=study)))
    return found


def _version(trained: dict[str, Any]) -> dict[str, Any]:
    overall, compared = trained["overall"], trained["comparison"] or {}
    found = {
        "version": trained["model_version"],
        "reviews": trained["reviews"],
        "measured_on": trained["measured_on"],
        "judges": overall["groups"],
        "micro_f1": overall["micro_f1"],
        "kappa": overall["kappa"],
        "kappa_interval": overall["kappa_interval"],
        "verdict": trained["verdict"],
        "promoted": trained["promoted"],
        "difference": compared.get("difference"),
        "interval": compared.get("interval"),
        "vetoes": [one["code"] for one in compared.get("vetoes", ())],
        "reason": trained["reason"],
        "seconds": trained["seconds"],
    }
    print(json.dumps(found), file=sys.stderr, flush=True)
    return found


def draw(found: list[dict[str, Any]], file: Path) -> None:
    """Above: kappa on the judge set of each version. Below: its difference from the version that served."""
    figure = Figure(figsize=(8, 6), layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    above.plot([one["kappa"] for one in found], color=_PALE, zorder=1)
    below.axhline(0, color=_PALE, linewidth=1)
    for at, one in enumerate(found):
        colour = _WON if one["promoted"] else _LOST
        for axes, value, interval in (
            (above, one["kappa"], one["kappa_interval"]),
            (below, one["difference"], one["interval"]),
        ):
            if value is not None:
                axes.plot(at, value, "o", color=colour, zorder=3)
            if value is not None and interval is not None:
                axes.plot([at, at], interval, color=colour, linewidth=2, zorder=2)
        above.annotate(
            f"{one['verdict']}\n{one['judges']} judges",
            (at, (one["kappa_interval"] or [0, one["kappa"]])[1]),
            textcoords="offset points",
            xytext=(0, 6),
            ha="center",
            fontsize=8,
        )
    above.plot([], [], "o", color=_WON, label="promoted")
    above.plot([], [], "o", color=_LOST, label="refused")
    above.margins(x=0.08, y=0.25)
    above.set(
        ylabel="kappa with the coders", title="AnnoMI, wave 2 in five batches: each version on the judge set"
    )
    above.legend(loc="lower right", frameon=False)
    below.set(ylabel="difference from the\nversion that served", xlabel="version (reviews so far)")
    below.set_xticks(range(len(found)), [f"{one['version']}\n{one['reviews']}" for one in found])
    figure.savefig(file, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    if not SHARED.is_dir():
        print(json.dumps({"skipped": "the shared real data are not on this machine (../shared/data)"}))
        sys.exit(0)
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    with tempfile.TemporaryDirectory() as made:
        versions = replay(Path(made))
    draw(versions, PICTURE)
    print(json.dumps({"versions": versions, "picture": str(PICTURE.relative_to(ROOT))}))
