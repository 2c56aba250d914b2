"""Pictures of how good a model is: precision and recall by code, and whether its probabilities mean what they say."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import precision_recall_curve

from annotations.arrays import Bools, Floats
from training.dataset import Dataset, OutOfFold
from training.measured_model import MeasuredOn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CURVES = "curves.png"
CALIBRATION = "calibration.png"
_LEAST_POSITIVES = 5
_MOST_CODES = 10
_BINS = 10
_DPI = 110
_INK, _PALE = "#1f3a5f", "#8a94a6"


def draw_pictures(dataset: Dataset, unseen: OutOfFold, measured_on: MeasuredOn, folder: Path) -> None:
    """Write both pictures, of predictions on participants that no model had seen; only independent reviews enter."""
    labels, weights = dataset.targets(gold=True)
    usable = (weights > 0) & ~np.isnan(unseen.probabilities)
    if not usable.any():
        return
    where = "on the judge set" if measured_on == "judge set" else "by cross-validation"
    _curves(dataset.codes, unseen.probabilities, labels, usable, where, folder / CURVES)
    _calibration(unseen.probabilities[usable], labels[usable], where, folder / CALIBRATION)


def _curves(
    codes: tuple[str, ...],
    probabilities: Floats,
    labels: Floats,
    usable: Bools,
    where: str,
    file: Path,
) -> None:
    figure = _figure(8, 5)
    axes = figure.add_subplot()
    positives = ((labels >= 0.5) & usable).sum(axis=0)
    shown = [code for code in np.argsort(-positives)[:_MOST_CODES] if positives[code] >= _LEAST_POSITIVES]
    for code in shown:
        own = usable[:, code]
        precision, recall, _ = precision_recall_curve(labels[own, code] >= 0.5, probabilities[own, code])
        axes.plot(recall, precision, linewidth=1, label=f"{codes[code]} ({positives[code]})")
    if positives.sum():
        precision, recall, _ = precision_recall_curve(labels[usable] >= 0.5, probabilities[usable])
        axes.plot(recall, precision, color=_INK, linewidth=2.5, label="all codes together")
    axes.set(
        xlabel="recall: found, of what coders applied",
        ylabel="precision: right, of what is suggested",
        xlim=(0, 1),
        ylim=(0, 1.02),
        title=f"Precision and recall {where}",
    )
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=8, frameon=False)
    _write(figure, file)


def _calibration(p: Floats, y: Floats, where: str, file: Path) -> None:
    figure = _figure(6, 6)
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    at = np.minimum((p * _BINS).astype(int), _BINS - 1)
    count = np.bincount(at, minlength=_BINS)
    filled = count > 0
    said = np.bincount(at, p, _BINS)[filled] / count[filled]
    seen = np.bincount(at, y, _BINS)[filled] / count[filled]
    axes.plot([0, 1], [0, 1], color=_PALE, linewidth=1, linestyle="--", label="as it should be")
    axes.plot(said, seen, color=_INK, marker="o", label="as it is")
    axes.set(ylabel="share that coders applied", ylim=(0, 1), title=f"Calibration {where}")
    axes.legend(loc="upper left", frameon=False)
    below.bar((np.arange(_BINS) + 0.5) / _BINS, count, width=0.9 / _BINS, color=_PALE)
    below.set(xlabel="probability that the model gives", ylabel="segment × code", yscale="log", xlim=(0, 1))
    _write(figure, file)


def _figure(width: float, height: float) -> Figure:
    """An empty figure. Matplotlib takes a "matplotlibrc" from the current folder, so it is first imported elsewhere."""
    with chdir(Path(__file__).parent):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _write(figure: Figure, file: Path) -> None:
    canvas: Any = figure.canvas
    # not savefig, which draws and lays out twice; no date and no version in the file: the same model gives the same
    # picture
    canvas.print_png(file, metadata={"Software": None})
