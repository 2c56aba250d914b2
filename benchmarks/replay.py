"""What a study would have seen: AnnoMI's wave 2 comes in five batches, with a retraining after each.

    python benchmarks/replay.py                    half an hour on two cores; writes docs/replay.png and docs/replay.json
    python benchmarks/replay.py --study FOLDER     keeps the study there (a folder that is not there yet)
    python benchmarks/replay.py --draw             only the picture, of docs/replay.json

Needs ../shared/data. The reviews of each batch are added as independent ones, and "tandem train" decides by the written
rule who serves. Figures per version: kappa on the judge set as it was then (it grows with the second wave, so these
are of different sessions); the difference from the version that served, paired by session, which is what the rule
looks at; and, when all is over, kappa of every version on the judge set as it is at the end, none of which has taught
any of them, so that the versions can be compared.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from annotations.agreement import tables_of
from annotations.arrays import Floats
from annotations.store.judge_draws import drawn_so_far
from annotations.store.model_versions import all_models, learnt_transcripts
from models.artifact import load
from models.classifier import Model
from models.corpus import read_corpus
from service.composition import open_parts
from service.serving.train_and_evaluate import training_parts_of
from training.collect import collect
from training.dataset import Dataset, OutOfFold
from training.figures import evaluate
from training.fit_and_measure import asked, dataset_of
from training.promote import judge

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
PICTURE, NUMBERS = ROOT / "docs" / "replay.png", ROOT / "docs" / "replay.json"
TANDEM = str(Path(sys.executable).with_name("tandem"))
BATCHES = 5
_WON, _LOST, _PALE = "#1f6f4a", "#b3402a", "#8a94a6"
Version = dict[str, Any]


def _run(*arguments: str, cwd: Path) -> dict[str, Any]:
    done = subprocess.run([TANDEM, *arguments, "--json"], cwd=cwd, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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


def replay(source: Path, study: Path) -> list[Version]:
    """Every version's figure and what became of it. ``source``: an empty folder for AnnoMI's files."""
    subprocess.run([sys.executable, str(SHARED / "make_study.py"), "annomi", str(source)], check=True)
    _run("init", str(study), "--codebook", str(source / "codebook.csv"), cwd=source)
    for wave in ("1", "2"):
        _run("import", str(source / f"wave{wave}"), "--wave", wave, cwd=study)
    _run("import-codings", str(source / "codings.csv"), cwd=study)
    found = [_trained(study)]
    for file in _batches(source / "answers.csv", source):
        _run("import-codings", str(file), cwd=study)
        found.append(_trained(study))
    at_the_end = on_the_last_judges(study)
    return [one | {"at_the_end": at_the_end[one["version"]]} for one in found]


def _trained(study: Path) -> Version:
    busy = _cpu()
    trained = _run("train", cwd=study)
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
    }
    took = {"seconds": trained["seconds"], "cpu_s": round(_cpu() - busy, 1)}
    print(json.dumps(found | took), file=sys.stderr, flush=True)
    return found


def on_the_last_judges(folder: Path) -> dict[str, Version]:
    """Each version on the sessions that judge by now, of which none has learnt, all of them and by wave."""
    with open_parts(folder) as parts:
        taught = training_parts_of(parts)
        corpus = read_corpus(taught.store, taught.segmentation)
        codes = tuple(code.id for code in taught.codebook.applicable)
        collected = collect(taught.store, corpus, codes)
        with taught.store.reading() as connection:
            judging = {one for one, why in drawn_so_far(connection).items() if why == "judge"}
            models = all_models(connection)
            taught = {model.version: learnt_transcripts(connection, model.id) for model in models}
        units = [corpus.at[unit][0] for unit in collected.learnable]
        waves = np.array([corpus.transcripts[at].transcript.wave for at in units])
        judges = np.array([corpus.transcripts[at].id in judging for at in units])
        dataset = dataset_of(taught, collected, codes, "participant")
        found: dict[str, Version] = {}
        tables = []
        for model in models:
            assert not taught[model.version] & judging
            loaded = load(taught.folder / model.folder, model.sha256)
            assert isinstance(loaded, Model)
            its: Version = {}
            for name, rows in (("all", judges), *((f"wave {w}", judges & (waves == w)) for w in ("1", "2"))):
                part = dataset.only(rows)
                said = asked(loaded, part)
                figures = evaluate(part, said, codebook=taught.codebook, lacking=loaded.too_few, reason=None)
                keys = ("groups", "n_segments", "micro_f1", "kappa", "kappa_interval")
                its[name] = {key: figures.to_json()["overall"][key] for key in keys}
                if name == "all":
                    tables.append(_tables(part, said))
            whole = judge(tables[-1], tables[0], codes=codes, new_recipe=False).figures
            its["from_the_first"] = {key: whole.get(key) for key in ("difference", "interval")}
            found[model.version] = its
    return found


def _tables(dataset: Dataset, said: OutOfFold) -> Floats:
    """A version against all coders together, session by session: shape (sessions, codes, 4)."""
    names = sorted(set(dataset.groups))
    total = np.zeros((len(names), len(dataset.codes), 4))
    for judgement in dataset.judgements:
        groups = [dataset.groups[row] for row in judgement.rows]
        tables, its = tables_of(said.decided[judgement.rows], judgement.labels > 0.5, groups)
        total[[names.index(name) for name in its]] += tables
    return total


def draw(found: list[Version], file: Path) -> None:
    """Above: kappa of every version on the judge set at the end. Below: what the rule looked at, and what it said."""
    figure = Figure(figsize=(8, 6), layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    places = range(len(found))
    then = [one["kappa"] for one in found]
    above.plot(places, then, "o", color=_PALE, mfc="none", label="on those that judged then", zorder=4)
    below.axhline(0, color=_PALE, linewidth=1)
    for at, one in enumerate(found):
        colour = _WON if one["promoted"] else _LOST
        whole = one["at_the_end"]["all"]
        _mark(above, at, whole["kappa"], whole["kappa_interval"], colour)
        _mark(below, at, one["difference"], one["interval"], colour)
        top = (one["interval"] or [0, 0])[1]
        said = f"{one['verdict']}\n{one['judges']} sessions" if at else "the first"
        below.annotate(said, (at, top), (0, 4), textcoords="offset points", ha="center", fontsize=8)
    for colour, label in ((_WON, "promoted"), (_LOST, "refused")):
        if any((colour == _WON) == one["promoted"] for one in found):
            above.plot([], [], "o-", color=colour, label=f"on all that judge at the end ({label})")
    judges = found[0]["at_the_end"]["all"]["groups"]
    above.set(
        ylabel="kappa with the coders",
        title=f"AnnoMI, wave 2 in five batches, on {judges} sessions that never taught",
    )
    above.legend(loc="lower right", frameon=False, fontsize=8)
    above.margins(x=0.08, y=0.15)
    below.margins(x=0.08, y=0.3)
    below.set(ylabel="difference from the\nversion that served", xlabel="version (reviews so far)")
    below.set_xticks(places, [f"{one['version']}\n{one['reviews']:,}" for one in found])
    figure.savefig(file, dpi=110, metadata={"Software": None})


def _mark(axes: Axes, at: int, value: float | None, interval: list[float] | None, colour: str) -> None:
    if value is not None:
        axes.plot(at, value, "o", color=colour, zorder=3)
    if value is not None and interval is not None:
        axes.plot([at, at], interval, color=colour, linewidth=2, zorder=2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--draw", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    asked_for = _arguments()
    if not asked_for.draw:
        if not SHARED.is_dir():
            print(json.dumps({"skipped": "the shared real data are not on this machine (../shared/data)"}))
            sys.exit(0)
        os.environ.pop("MLFLOW_TRACKING_URI", None)
        with tempfile.TemporaryDirectory() as made:
            study = asked_for.study or Path(made) / "study"
            versions = replay(Path(made), study.absolute())
        NUMBERS.write_text(json.dumps({"versions": versions}, indent=1) + "\n", "utf-8")
    versions = json.loads(NUMBERS.read_text("utf-8"))["versions"]
    draw(versions, PICTURE)
    print(json.dumps({"versions": versions, "picture": str(PICTURE.relative_to(ROOT))}))
