"""A new model beside the one that serves: the same segments, the same coders, neither having seen the participants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from annotations.agreement import tables_of
from annotations.arrays import Bools, Floats
from annotations.damaged_zip import DAMAGED_ZIP
from annotations.errors import TandemError
from annotations.store.model_versions import ModelVersion, Serving
from models.arrays_file import read_arrays
from models.artifact import load
from models.classifier import Model
from models.cold_start import ColdStart
from models.embedder import EmbedderSource
from models.model_folder import model_folder
from training.dataset import Dataset
from training.fit_and_measure import asked
from training.judge_set import Split
from training.measured_model import MeasuredModel
from training.promote import PromotionVerdict, first, incomparable, judge

HELD_OUT = "held_out.npz"
# what comes of reading a file that is none, that is cut off, or that declares shapes which do not fit or are too large
_NOT_TO_BE_READ = (
    *DAMAGED_ZIP,
    OSError,
    TypeError,
    MemoryError,
    OverflowError,
)


@dataclass(frozen=True)
class _ChampionWords:
    """What the champion says: decisions (n, codes), the segments it was asked about (n,), the codes it knew."""

    decided: Bools
    known: Bools
    codes: frozenset[str]


class _Champion:
    """The version that serves and its model, None where its files cannot be read; ``unreadable`` says so then."""

    def __init__(self, version: ModelVersion, models: Path, encoder: EmbedderSource | None) -> None:
        self.version = version
        self.folder: Path | None = None
        self.model: Model | ColdStart | None = None
        self.unreadable = ""
        try:
            self.folder = model_folder(models, version.folder)
            self.model = load(self.folder, version.sha256, encoder)
        except TandemError:
            self.unreadable = f"the files of {version.version} cannot be read"


def compare(
    made: MeasuredModel,
    serving: Serving | None,
    *,
    learnt: frozenset[UUID],
    split: Split,
    folder: Path,
    embedder: str,
    recipe: str,
    encoder: EmbedderSource | None = None,
) -> PromotionVerdict:
    """What the written rule says of a new model. ``learnt``: the transcripts that the champion learnt from."""
    if serving is None:
        return first("it is the first model")
    champion = _Champion(serving.model, folder, encoder)
    verdict = _compare(made, champion, learnt=learnt, split=split, embedder=embedder, recipe=recipe)
    if not champion.unreadable or champion.unreadable in verdict.reason:
        return verdict
    remedy = (
        "" if verdict.promoted else ": put them back from your backup, or choose with tandem models promote"
    )
    return replace(verdict, reason=f"{verdict.reason}; {champion.unreadable}{remedy}")


def _compare(
    made: MeasuredModel,
    champion: _Champion,
    *,
    learnt: frozenset[UUID],
    split: Split,
    embedder: str,
    recipe: str,
) -> PromotionVerdict:
    before, unreadable = champion.version, champion.unreadable
    if before.kind != "trained" and made.model.kind != "trained":
        return first(
            f"like {before.version} it knows only the codebook's words, and it knows them as they are now"
        )
    if before.kind != "trained":
        return first(f"{before.version} knew only the codebook's words")
    if made.model.kind != "trained" or made.dataset is None:
        if all(cut is None for cut in before.thresholds.values()):
            return first(f"{before.version} suggested nothing")
        why = f"there are no longer enough reviews to learn from, so {before.version} stays"
        return PromotionVerdict("worse", False, why)
    new_recipe = (before.recipe, before.embedder) != (recipe, embedder)
    if made.unseen is None:
        why = f"nothing is known of unseen participants, so {before.version} cannot be compared with it"
        return incomparable(why, new_recipe=new_recipe, unreadable=unreadable)
    words = _words_of(champion, made, learnt=learnt, split=split, embedder=embedder)
    if words is None:
        why = f"there is nothing that both {before.version} and it could be asked about"
        if champion.folder is not None and (champion.folder / HELD_OUT).is_file():
            why = (
                f"what {before.version} said of unseen participants ({HELD_OUT} in its folder) cannot be read"
            )
        return incomparable(why, new_recipe=new_recipe, unreadable=unreadable)
    compared = _tables(made, words)
    if compared is None:
        why = f"{before.version} was trained on other segments or other codes"
        return incomparable(why, new_recipe=new_recipe, unreadable=unreadable)
    new, old, codes = compared
    return judge(new, old, codes=codes, new_recipe=new_recipe, unreadable=unreadable)


def save_held_out(made: MeasuredModel, folder: Path) -> None:
    """Decisions on participants that the model has not seen, beside it, for comparisons to come."""
    if made.unseen is None or made.dataset is None:
        return
    np.savez_compressed(
        folder / HELD_OUT,
        # numbers, since a group's name is a participant's
        groups=np.unique(np.asarray(made.dataset.groups, dtype=str), return_inverse=True)[1],
        segments=np.array(made.segments, dtype=str),
        codes=np.array(made.dataset.codes),
        decided=made.unseen.decided,
        probabilities=made.unseen.probabilities.astype(np.float32),
    )


def _words_of(
    champion: _Champion, made: MeasuredModel, *, learnt: frozenset[UUID], split: Split, embedder: str
) -> _ChampionWords | None:
    """The champion itself, asked now about participants it has not learnt of; else what it said held out."""
    before, model = champion.version, champion.model
    held_out = _held_out(made, champion.folder)
    if made.dataset is None:
        return held_out
    taught = {split.groups[transcript] for transcript in learnt if transcript in split.groups}
    unseen = np.array([group not in taught for group in made.dataset.groups], dtype=np.bool_)
    if held_out is not None and before.figures.get("measured_on") == "judge set":
        # whoever judged then and is known by now to be one with somebody who taught, was not unseen
        held_out = replace(held_out, known=held_out.known & unseen)
    if made.measured_on != "judge set" or before.embedder != embedder:
        return held_out
    # one that cannot be read can still be compared by what it said when it was made
    if not isinstance(model, Model):
        return held_out
    decided = np.where(unseen[:, None], asked(model, made.dataset).decided, False)
    codes = frozenset([*model.codes, *model.too_few])
    if held_out is None or unseen.all():
        return _ChampionWords(decided, unseen, codes)
    decided = np.where(unseen[:, None], decided, held_out.decided)
    return _ChampionWords(decided, unseen | held_out.known, codes & held_out.codes)


def _held_out(made: MeasuredModel, folder: Path | None) -> _ChampionWords | None:
    """What the champion said of these segments when it was made, by models that had not seen them."""
    if made.dataset is None or folder is None:
        return None
    file = folder / HELD_OUT
    if not file.is_file():
        return None
    try:
        arrays = read_arrays(file)
        row_of = {segment: at for at, segment in enumerate(arrays["segments"].tolist())}
        names, said = arrays["codes"].tolist(), arrays["decided"]
        numbers = arrays["groups"] if "groups" in arrays else np.zeros(len(said), dtype=np.intp)
        fits = said.dtype == np.bool_ and said.shape == (len(row_of), len(names))
        numbered = numbers.dtype.kind in "iu" and numbers.shape == said.shape[:1]
    except _NOT_TO_BE_READ:
        return None
    if not fits or not numbered:
        return None
    at = np.array([row_of.get(segment, -1) for segment in made.segments], dtype=np.intp)
    decided = np.zeros((len(at), len(made.dataset.codes)), dtype=np.bool_)
    known = at >= 0
    known &= ~_joined_since(made.dataset.groups, np.where(known, numbers[at], -1))
    for column, code in enumerate(made.dataset.codes):
        if code in names:
            decided[known, column] = said[at[known], names.index(code)]
    return _ChampionWords(decided, known, frozenset(names))


def _joined_since(groups: Sequence[str], then: NDArray[np.intp]) -> Bools:
    """The segments of groups that were several then: what was said of one part had been learnt from the other.

    ``then``: the number of each segment's group when the champion was made, −1 where there was none.
    """
    numbers: dict[str, set[int]] = {}
    for group, number in zip(groups, then.tolist(), strict=True):
        if number >= 0:
            numbers.setdefault(group, set()).add(number)
    return np.array([len(numbers.get(group, ())) > 1 for group in groups], dtype=np.bool_)


def _tables(made: MeasuredModel, words: _ChampionWords) -> tuple[Floats, Floats, Sequence[str]] | None:
    """Both models' tables against the coders, on independent reviews of common segments, and their codes."""
    dataset: Dataset | None = made.dataset
    if dataset is None or made.unseen is None:
        return None
    columns = [at for at, code in enumerate(dataset.codes) if code in words.codes]
    names = sorted({dataset.groups[row] for row in np.flatnonzero(words.known)})
    total = np.zeros((2, len(names), len(columns), 4))
    touched = np.zeros(len(names), dtype=np.bool_)
    for judgement in dataset.judgements:
        kept = words.known[judgement.rows] & made.unseen.scored[judgement.rows]
        if not judgement.gold or not kept.any():
            continue
        rows = judgement.rows[kept]
        said = judgement.labels[kept][:, columns]
        person, known = said > 0.5, (~np.isnan(said)).astype(float)
        groups = [dataset.groups[row] for row in rows]
        for side, decided in enumerate((made.unseen.decided, words.decided)):
            tables, its = tables_of(decided[rows][:, columns], person, groups, known)
            at = [names.index(name) for name in its]
            total[side][at] += tables
            touched[at] = True
    if not touched.any() or not columns:
        return None
    return total[0, touched], total[1, touched], [dataset.codes[at] for at in columns]
