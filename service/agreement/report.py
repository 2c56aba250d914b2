"""How far people agree, with each other and with the model: the work behind "tandem agreement"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.agreement.box_fates import BoxFates, box_fates, ticked_in
from annotations.agreement.coefficient import Agreement
from annotations.agreement.comparisons import SLICES, Comparisons
from annotations.agreement.effect_by_code import CodeEffect, effects_by_code
from annotations.agreement.judged_material import Reviewed, read_material
from annotations.agreement.second_coder import CodeVerdict, verdicts
from annotations.agreement.suggestion_effect import Arm, Effect, Stratum, acceptance, suggestion_effect
from annotations.agreement.what_to_double_code import (
    DoubleCodingCandidate,
    Width,
    learning_curves,
    to_double_code,
)
from annotations.arrays import Bools
from annotations.coding import Draw
from annotations.errors import BadInput, unknown
from annotations.groups import GroupBy
from annotations.progress import Progress, quiet
from annotations.store.transcripts import KeptTranscript, all_texts
from models.corpus import cut_new_transcripts
from service.agreement.report_facts import Facts, coded_part, facts_of
from service.composition import Parts
from service.looking.attribute_filter import with_attributes

_STEPS = 4


@dataclass(frozen=True)
class ReportScope:
    """Which part of the study is asked about; None: all of it. ``where``: attributes, such as "role=leader"."""

    wave: str | None = None
    case: str | None = None
    site: str | None = None
    group_by: GroupBy = "participant"
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """Everything that ``tandem agreement`` says."""

    study: str
    asked: ReportScope
    figures: tuple[Agreement, ...]
    effect: Effect
    acceptance: Sequence[Mapping[str, Any]]
    verdicts: tuple[CodeVerdict, ...]
    margin: float
    double_code: Sequence[Mapping[str, Any]]
    curves: Sequence[Mapping[str, Any]]
    left_out: Mapping[str, Mapping[str, int]]
    facts: Facts
    notes: tuple[str, ...] = ()
    boxes: tuple[BoxFates, ...] = ()
    effect_by_code: tuple[CodeEffect, ...] = ()


def agree(parts: Parts, asked: ReportScope, *, progress: Progress = quiet) -> Report:
    """Read the study's reviews and measure. Raises BadInput for a wave, case or site that no transcript has."""
    progress(0, _STEPS)
    cut_new_transcripts(parts.store, parts.segmentation)
    with parts.store.reading() as connection:
        everything = all_texts(connection)
        chosen = with_attributes(connection, chosen_transcripts(everything, asked), asked.where)
        material = read_material(
            connection, parts.codebook, parts.segmentation.version, among=[kept.id for kept in chosen]
        )
        coded = coded_part(connection, material, chosen)
    work = Comparisons(material, asked.group_by)
    progress(1, _STEPS)
    figures = work.every_figure()
    progress(2, _STEPS)
    margin = parts.study.config.margin
    strata = _strata(work)
    codes = [column for column in work.columns if column.level == "code"]
    effect = suggestion_effect(strata, len(work.groups))
    by_code = effects_by_code(strata, codes, len(work.groups))
    progress(3, _STEPS)
    made = Report(
        study=parts.study.config.name,
        asked=asked,
        figures=figures,
        effect=effect,
        acceptance=acceptance(_shown(work), len(work.groups)),
        verdicts=verdicts(work.trios(), work.columns, margin),
        margin=margin,
        double_code=_double_code(work, figures),
        curves=learning_curves(material.models),
        left_out=material.left_out,
        facts=facts_of(work, parts, asked.group_by, coded),
        notes=(*material.notes, *_notes(work)),
        boxes=box_fates({name: assisted.review_of.values() for name, assisted in material.assisted.items()}),
        effect_by_code=by_code,
    )
    progress(_STEPS, _STEPS)
    return made


def chosen_transcripts(everything: Sequence[KeptTranscript], asked: ReportScope) -> list[KeptTranscript]:
    """The transcripts of a wave, case and site; raises BadInput where there are none, naming those that there are."""
    if not everything:
        raise BadInput('there are no transcripts yet. Begin with "tandem import FILES…".')
    chosen = list(everything)
    for key in SLICES:
        wanted = getattr(asked, key)
        if wanted is None:
            continue
        known = [str(getattr(kept.transcript, key)) for kept in everything]
        if wanted not in known:
            raise unknown(
                key, wanted, [name for name in known if name], remedy='See them with "tandem status".'
            )
        chosen = [kept for kept in chosen if getattr(kept.transcript, key) == wanted]
    if not chosen:
        said = ", ".join(
            f'{key} "{getattr(asked, key)}"' for key in SLICES if getattr(asked, key) is not None
        )
        raise BadInput(f"no transcript belongs to {said} together. Ask about one of them alone.")
    return chosen


def _strata(work: Comparisons) -> list[Stratum]:
    """Blind and assisted reviews of each coder and model version, as the segments were drawn."""
    codes = np.array([column.level == "code" for column in work.columns])
    strata = []
    for name, blind in work.material.independent.items():
        assisted = work.material.assisted.get(name)
        if assisted is None:
            continue
        drawn_blind = _drawn(blind, Draw.BLIND)
        drawn_shown = _drawn(assisted, Draw.ORDINARY)
        for version in np.unique(assisted.model.version[drawn_shown]).tolist():
            if version < 0:
                continue
            shown_arm = _arm(work, assisted, drawn_shown & (assisted.model.version == version), codes)
            blind_arm = _arm(work, blind, drawn_blind & (blind.model.version == version), codes)
            strata.append(Stratum(name, work.material.models[version].version, shown_arm, blind_arm))
    return strata


def _drawn(reviewed: Reviewed, draw: Draw) -> Bools:
    """Which of the units that somebody looked at were drawn so, shape (n,)."""
    drawn = [review is not None and review.draw is draw for review in reviewed.reviews]
    return np.array(drawn, dtype=np.bool_) & reviewed.judged.known[:, 0] & reviewed.model.stood.known[:, 0]


def _arm(work: Comparisons, reviewed: Reviewed, rows: Bools, codes: Bools) -> Arm:
    at = np.flatnonzero(rows)
    given = [reviewed.review_of[row].lead_time for row in reviewed.rows[at].tolist()]
    return Arm(
        suggested=reviewed.model.stood.values[np.ix_(at, codes)],
        applied=reviewed.judged.values[np.ix_(at, codes)],
        member=work.member[reviewed.rows[at]],
        seconds=np.array(
            [np.nan if given_seconds is None else given_seconds for given_seconds in given], dtype=float
        ),
    )


def _shown(work: Comparisons) -> dict[str, Any]:
    """Of each suggestion that was shown: its probability, whether it was accepted, and the group; by coder."""
    codes = np.array([column.level == "code" for column in work.columns])
    shown_by_coder = {}
    for name, assisted in work.material.assisted.items():
        shown = assisted.model.stood.values.copy()
        for at, review in enumerate(assisted.reviews):
            ticked = None if review is None else ticked_in(review)
            if ticked is not None:  # not all that a model suggests comes ticked
                shown[at] &= [column.code_id in ticked for column in work.columns]
        known = assisted.model.stood.known & assisted.judged.known & shown & codes
        rows, columns = np.nonzero(known & ~np.isnan(assisted.model.probability))
        if len(rows):
            probability = assisted.model.probability[rows, columns].astype(float)
            shown_by_coder[name] = (
                probability,
                assisted.judged.values[rows, columns],
                work.member[assisted.rows[rows]],
            )
    return shown_by_coder


def _double_code(work: Comparisons, figures: Sequence[Agreement]) -> list[dict[str, Any]]:
    """Which transcripts to give to a second coder."""
    judged = np.zeros(len(work.member))
    for person in work.people.values():
        judged[person.rows] += person.judged.known[:, 0]
    twice = judged >= 2
    done = len(np.unique(work.member[twice]))
    wanted = [at for at, column in enumerate(work.columns) if column.level == "code"]
    known = {
        f.code_id: f for f in figures if _is_people(f) and f.level == "code" and f.coefficient == "kappa"
    }
    applied = _expected(work)
    widths = {}
    for at in wanted:
        column, figure = work.columns[at], known.get(work.columns[at].code_id)
        if not applied[:, at].any():
            continue
        half = (figure.interval[1] - figure.interval[0]) / 2 if figure and figure.interval else None
        mean = float(applied[twice, at].sum()) / done if done else 0.0
        widths[column.code_id] = Width(column.code, half, mean)
    return to_double_code(_candidates(work, judged, applied, wanted), widths, done)


def _expected(work: Comparisons) -> Any:
    """How likely each code is on each unit: what its coders found, else the model's probability, else its prevalence."""
    people = [person.judged for person in work.people.values()]
    known = np.zeros(len(work.member), dtype=np.bool_)
    expected: Any = np.zeros((len(work.member), len(work.columns)))
    for person in people:
        known[person.places] |= person.known[:, 0]
        expected[person.places] = np.maximum(expected[person.places], person.values & person.known)
    usual = expected[known].mean(axis=0) if known.any() else np.zeros(len(work.columns))
    likely: Any = np.full(expected.shape, np.nan)
    for reviewed in work.material.assisted.values():
        likely[reviewed.rows] = np.fmax(likely[reviewed.rows], reviewed.model.probability)
    return np.where(known[:, None], expected, np.where(np.isnan(likely), usual, likely))


def _candidates(
    work: Comparisons, judged: Any, applied: Any, wanted: Sequence[int]
) -> Iterator[DoubleCodingCandidate]:
    of = np.array([t for t, _ in work.material.units.at])
    for t, kept in enumerate(work.material.units.transcripts):
        rows = of == t
        if not rows.any() or (judged[rows] >= 2).any():
            continue
        by = tuple(
            name for name, person in work.people.items() if person.judged.known[rows[person.rows], 0].any()
        )
        expected = {work.columns[at].code_id: float(applied[rows, at].sum()) for at in wanted}
        its = kept.transcript
        yield DoubleCodingCandidate(its.name, its.case, its.wave, int(rows.sum()), by, expected)


def _notes(work: Comparisons) -> Iterator[str]:
    """What a reader must know beside the figures."""
    unused = [
        column.code
        for at, column in enumerate(work.columns)
        if column.level == "code"
        and not any(person.judged.values[:, at].any() for person in work.people.values())
    ]
    if unused and work.people:
        named = ", ".join(f'"{code}"' for code in unused[:5])
        more = f" and {len(unused) - 5} more" if len(unused) > 5 else ""
        total = sum(column.level == "code" for column in work.columns)
        yield (
            f"{len(unused)} of {total} codes {'was' if len(unused) == 1 else 'were'} never used in independent "
            f"reviews, so there is nothing to measure: {named}{more}"
        )


def _is_people(figure: Agreement) -> bool:
    """The figure over all people, not in one case, site or wave."""
    return figure.comparison in ("people", "person and person") and not figure.where
