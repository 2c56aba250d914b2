"""A lead chooses from which probability on a code comes ticked: the work behind the page of what comes ticked."""

from __future__ import annotations

from annotations.errors import BadInput
from annotations.numbers_shown import percent
from annotations.store.chosen_cuts import CutChoice, add_choice, chosen_for
from annotations.store.model_versions import get_model
from service.composition import Parts
from service.person_named import person_named
from service.serving.model_codes import CodeInModel, codes_in_model


def codes_of_version(parts: Parts, version: str) -> tuple[CodeInModel, ...]:
    """The codes as the version knows them, with what was chosen. Raises UnknownName."""
    with parts.store.reading() as connection:
        model = get_model(connection, version)
        chosen = chosen_for(connection, model.id)
    return codes_in_model(model, parts.codebook, parts.study.config.aim.least_precision, chosen)


def choose_cut(parts: Parts, version: str, code: str, choice: str, cut: float | None, *, by: str) -> None:
    """Keep a choice for a code (its id). It holds for this version, from the next push on.

    Raises BadInput for a code that is not suggested, a probability below its threshold, one that was not measured, and
    one from which held-out passages do not show ticks to be right often enough.
    """
    by = person_named(by, "by", purpose="Say who decides; it is kept with the decision.")
    if choice not in list(CutChoice):
        raise BadInput(f'"{choice}" is no choice; it is one of {", ".join(CutChoice)}. Nothing was changed.')
    wanted = CutChoice(choice)
    judged = next((it for it in codes_of_version(parts, version) if it.code_id == code), None)
    if judged is None or judged.threshold is None:
        why = f": {judged.why_not}" if judged and judged.why_not else ""
        raise BadInput(
            f'{version} does not suggest "{judged.code if judged else code}"{why}. Nothing was changed.'
        )
    if wanted is CutChoice.FROM:
        _refuse_unshown(parts, version, judged, cut)
    with parts.store.writing() as connection:
        model = get_model(connection, version)
        kept = cut if wanted is CutChoice.FROM else None
        add_choice(connection, model.id, code, wanted, cut=kept, by=by)


def _refuse_unshown(parts: Parts, version: str, code: CodeInModel, cut: float | None) -> None:
    least = parts.study.config.aim.least_precision
    if not code.curve:
        raise BadInput(
            f"{version} was trained before Tandem measured what each probability brings. Train again, then choose. Nothing "
            f"was changed."
        )
    points = [it for it in code.curve if cut is not None and abs(it.cut - cut) < 1e-6]
    if not points:
        measured = f"{code.curve[0].cut:.2f}, {code.curve[1].cut:.2f} … {code.curve[-1].cut:.2f}"
        raise BadInput(
            f"{'nothing' if cut is None else f'{cut:g}'} was not measured; choose one of {measured}."
        )
    point = points[0]
    if point.cut <= code.threshold - 0.0499:  # type: ignore[operator]
        raise BadInput(
            f'"{code.code}" is suggested from {code.threshold:.2f} on, and only what is suggested can come ticked. Choose a '
            f"probability above that. Nothing was changed."
        )
    if not point.shown:
        raise BadInput(
            f'from {point.cut:.2f} on "{code.code}" would come ticked on {point.ticked} held-out passages, {point.right} of '
            f"them rightly: that does not show that at least {percent(least)} of its ticks are right (study.yaml, aim, "
            f"least_precision). Nothing was changed."
        )
