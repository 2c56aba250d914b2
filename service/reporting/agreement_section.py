"""How far the coders agree, as the tables of a paper: what the agreement report says, person with person."""

from __future__ import annotations

from annotations.agreement.coefficient import Agreement
from annotations.numbers_shown import number, ranging, rounded_percent
from service.agreement.report import Report
from service.results.rated_study import RatedStudy
from service.results.result_parts import ResultTable

COEFFICIENTS = ("kappa", "alpha", "ac1")


def agreement_table(report: Report) -> ResultTable:
    """Kappa with interval, alpha and AC1 of each code, with prevalence; over all people, independently."""
    figures = [figure for figure in report.figures if _of_people(figure)]
    by_code: dict[tuple[str, str, str], dict[str, Agreement]] = {}
    for figure in figures:
        by_code.setdefault((figure.level, figure.framework, figure.code), {})[figure.coefficient] = figure
    rows = []
    for (_, framework, code), its in by_code.items():
        kappa = its.get("kappa")
        if kappa is None:
            continue
        interval = ranging(kappa.interval) if kappa.interval else kappa.interval_reason or ""
        rows.append(
            (
                framework,
                code,
                kappa.units,
                kappa.groups,
                "–" if kappa.prevalence is None else rounded_percent(kappa.prevalence, 1),
                number(kappa.value) if kappa.value is not None else kappa.reason or "–",
                interval,
                *(number(its[name].value) if name in its else "–" for name in COEFFICIENTS[1:]),
            )
        )
    return ResultTable(
        name="Agreement",
        subject="Agreement of the coders by code",
        columns=(
            "Framework",
            "Code",
            "Units",
            "Groups",
            "Prevalence",
            "Kappa",
            "95 % interval",
            "Alpha",
            "AC1",
        ),
        rows=tuple(rows),
        widths=(2.2, 3.8, 1.3, 1.4, 1.7, 2, 2.8, 1.3, 1.3),
        notes=tuple(report.notes),
    )


def _of_people(figure: Agreement) -> bool:
    return (
        figure.comparison in ("people", "person and person")
        and not figure.where
        and figure.level == "code"
        and figure.condition == "independent"
        and figure.coefficient in COEFFICIENTS
    )


def raters_table(rated: RatedStudy) -> ResultTable:
    """How far each two raters agree."""
    return ResultTable(
        name="Raters",
        subject="Agreement of the raters: Cohen's kappa with linear weights, over all cells that both put on the scale",
        columns=(
            "Raters",
            "Cells",
            "Cases or sites",
            "Weighted kappa",
            "95 % interval",
            "The same",
            "Rated by one only",
        ),
        rows=tuple(
            (
                " and ".join(pair.raters),
                pair.cells,
                pair.groups,
                number(pair.kappa) if pair.kappa is not None else pair.reason or "–",
                ranging(pair.interval) if pair.interval else pair.interval_reason or "–",
                "–" if pair.same is None else rounded_percent(pair.same),
                pair.unlike,
            )
            for pair in rated.agreement
        ),
        widths=(3, 1.3, 1.7, 2.2, 4, 1.5, 2),
    )


def ratings_table(rated: RatedStudy) -> ResultTable:
    """Every rated cell: what each rater said, what was agreed on, and why."""
    from annotations.matrix.rating_scale import rating_shown

    return ResultTable(
        name="Ratings",
        subject="Ratings: what each rater said, what was agreed on, and why",
        columns=(
            "Phase",
            "Code",
            "Case or site",
            "Each rater",
            "Consensus",
            "Rationale",
            "The rule proposes",
        ),
        rows=tuple(
            (
                cell.phase or "(not stated)",
                cell.code,
                cell.column,
                "; ".join(f"{it.rater} {rating_shown(it.value)}" for it in cell.rated.newest),
                rating_shown(cell.rated.consensus.value) if cell.rated.consensus else "–",
                cell.rated.consensus.rationale
                if cell.rated.consensus
                else "; ".join(filter(None, (it.rationale for it in cell.rated.newest))),
                rating_shown(cell.proposal.value) if cell.proposal.value else "–",
            )
            for cell in rated.cells
        ),
        widths=(2.2, 3.2, 2.2, 3, 1.9, 5, 2),
    )
