"""What a model version knows of each code: examples, figures on held-out passages, what comes ticked; and what coders
will notice of another version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.codebook.codes import Codebook
from annotations.numbers_shown import counted, percent
from annotations.store.chosen_cuts import ChosenCut, CutChoice
from annotations.store.model_versions import ModelVersion
from models.ticking import LEAST_TICKED, shown_right, tick_cuts


@dataclass(frozen=True, slots=True)
class CutPoint:
    """What would come ticked from a probability on: on how many held-out passages, how many of them rightly.

    ``shown``: do these show that it is right often enough to come ticked?
    """

    cut: float
    ticked: int
    right: int
    shown: bool


@dataclass(frozen=True)
class CodeInModel:
    """A code as a version knows it. ``cut``: from which probability on it comes ticked, None for never; ``why_not``: why.

    ``judged_on``: passages that carry it among those that judge the model, None where none judged it; ``ticked`` and
    ``right``: of held-out passages with the cut in force, None where that was not measured; ``carried``: held-out
    passages that carry it.
    """

    framework: str
    code: str
    code_id: str
    judged_on: int | None
    threshold: float | None
    cut: float | None
    rule_cut: float | None
    chosen: ChosenCut | None
    why_not: str
    ticked: int | None
    right: int | None
    carried: int | None
    recall_at_5: float | None
    f1: float | None
    kappa: float | None
    needs: str
    curve: tuple[CutPoint, ...]

    @property
    def ticks_right(self) -> float | None:
        """The share of held-out ticks that were right."""
        return None if not self.ticked else (self.right or 0) / self.ticked

    @property
    def found(self) -> float | None:
        """The share of the held-out passages with the code on which it would come ticked."""
        return None if not self.carried or self.cut is None else (self.right or 0) / self.carried


def codes_in_model(
    model: ModelVersion, book: Codebook, least: float, chosen: Mapping[str, ChosenCut]
) -> tuple[CodeInModel, ...]:
    """Every code of the codebook that the version was asked to learn, in the codebook's order."""
    rows = {row["code_id"]: row for row in model.figures.get("codes") or () if "code_id" in row}
    rule, in_force = tick_cuts(model, least), tick_cuts(model, least, chosen)
    known = [code for code in book.codes if code.id in model.codes or code.id in model.too_few]
    return tuple(
        _code(model, book, code.id, rows.get(code.id, {}), rule, in_force, chosen.get(code.id), least)
        for code in known
    )


def _code(
    model: ModelVersion,
    book: Codebook,
    code: str,
    row: Mapping[str, Any],
    rule: Mapping[str, float],
    in_force: Mapping[str, float],
    chosen: ChosenCut | None,
    least: float,
) -> CodeInModel:
    cut, threshold = in_force.get(code), model.thresholds.get(code)
    curve = tuple(
        CutPoint(float(at), int(ticked), int(right), shown_right(int(ticked), int(right), least))
        for at, ticked, right in row.get("curve") or ()
    )
    ticked, right = _at(curve, cut)
    if chosen is None and row.get("ticked") is not None:
        ticked, right = int(row["ticked"]), int(row.get("ticked_right") or 0)
    lacking = model.too_few.get(code, {})
    return CodeInModel(
        framework=book.framework(book[code].framework).name,
        code=book.label(code),
        code_id=code,
        judged_on=row.get("n"),
        threshold=threshold,
        cut=cut,
        rule_cut=rule.get(code),
        chosen=chosen,
        why_not="" if cut is not None else _why_not(threshold, chosen, lacking, ticked, right, least),
        ticked=ticked,
        right=right,
        carried=row.get("carried"),
        recall_at_5=row.get("recall_at_5"),
        f1=row.get("f1"),
        kappa=row.get("kappa"),
        needs=str(lacking.get("reason", "")),
        curve=curve,
    )


def _at(curve: Sequence[CutPoint], cut: float | None) -> tuple[int | None, int | None]:
    """The counts of the nearest point below a cut, so that none is praised for more than was measured."""
    fits = [point for point in curve if cut is not None and point.cut <= cut + 1e-9]
    return (fits[-1].ticked, fits[-1].right) if fits else (None, None)


def _why_not(
    threshold: float | None,
    chosen: ChosenCut | None,
    lacking: Mapping[str, Any],
    ticked: int | None,
    right: int | None,
    least: float,
) -> str:
    if chosen is not None and chosen.choice is CutChoice.NEVER:
        return f"{chosen.by} chose that it never comes ticked"
    if threshold is None:
        return str(lacking.get("reason") or "it is not suggested")
    if ticked is None:
        return "it was not measured how often its ticks are right"
    if not ticked:
        return f"it would have come ticked on no held-out passage, so nothing shows that {percent(least)} of ticks are right"
    shown = f"{right or 0} of {counted(ticked, 'held-out tick was', 'held-out ticks were')} right"
    if ticked < LEAST_TICKED:
        return f"{shown}, and fewer than {LEAST_TICKED} show nothing"
    return f"{shown}, which does not show that {percent(least)} of them are"


@dataclass(frozen=True)
class Noticed:
    """What changes for coders from one version to another, by the codes' names."""

    newly_suggested: tuple[str, ...]
    no_longer_suggested: tuple[str, ...]
    newly_ticked: tuple[str, ...]
    no_longer_ticked: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """In words."""
        said = (
            (self.newly_suggested, "suggested for the first time"),
            (self.no_longer_suggested, "no longer suggested"),
            (self.newly_ticked, "ticked now where it was only offered"),
            (self.no_longer_ticked, "no longer ticked, only offered"),
        )
        noticed = tuple(
            f"{counted(len(codes), 'code is', 'codes are')} {what}: {', '.join(codes)}."
            for codes, what in said
            if codes
        )
        return noticed or ("The same codes are suggested and come ticked as before.",)


def what_coders_notice(new: Sequence[CodeInModel], old: Sequence[CodeInModel]) -> Noticed:
    """From ``old`` to ``new``."""
    before = {before_code.code_id: before_code for before_code in old}
    suggested = {code_before.code_id for code_before in old if code_before.threshold is not None}
    ticked = {code_before.code_id for code_before in old if code_before.cut is not None}
    now = {code_now.code_id: code_now for code_now in new}
    return Noticed(
        tuple(o.code for o in new if o.threshold is not None and o.code_id not in suggested),
        tuple(
            before[c].code for c in before if c in suggested and (c not in now or now[c].threshold is None)
        ),
        tuple(o.code for o in new if o.cut is not None and o.code_id in suggested - ticked),
        tuple(o.code for o in new if o.cut is None and o.threshold is not None and o.code_id in ticked),
    )
