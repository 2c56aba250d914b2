"""How far people agree, with each other and with the model: the work behind "tandem agreement"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from annotations.agreement.effect import Arm, Effect, Stratum, acceptance, suggestion_effect
from annotations.agreement.everybody import figures_of_everybody
from annotations.agreement.figure import Agreement
from annotations.agreement.judged import Bools, Judged
from annotations.agreement.material import Material, Reviewed, read_material
from annotations.agreement.next_steps import Candidate, Width, learning_curves, to_double_code
from annotations.agreement.pairs import Described, Pair, figures_of_pairs
from annotations.agreement.verdict import Trio, Verdict, verdicts
from annotations.coding import Draw
from annotations.errors import BadInput, unknown
from annotations.groups import GroupBy
from annotations.store.transcripts import Kept, all_texts
from models.corpus import cut_new_transcripts
from service.parts import Parts

PEOPLE, MODEL, CONSENSUS = "people", "model", "consensus"
SLICES = ("case", "site", "wave")


@dataclass(frozen=True)
class Asked:
    """Which part of the study is asked about; None: all of it."""

    wave: str | None = None
    case: str | None = None
    site: str | None = None
    group_by: GroupBy = "participant"


@dataclass(frozen=True)
class Report:
    """Everything that ``tandem agreement`` says."""

    study: str
    asked: Asked
    figures: tuple[Agreement, ...]
    effect: Effect
    acceptance: Sequence[Mapping[str, Any]]
    verdicts: tuple[Verdict, ...]
    margin: float
    double_code: Sequence[Mapping[str, Any]]
    curves: Sequence[Mapping[str, Any]]
    left_out: Mapping[str, Mapping[str, int]]
    facts: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    disagreements: Sequence[Mapping[str, Any]] = field(default=())


def agree(parts: Parts, asked: Asked) -> Report:
    """Read the study's reviews and measure. Raises BadInput for a wave, case or site that no transcript has."""
    cut_new_transcripts(parts.store, parts.segmentation)
    with parts.store.reading() as connection:
        everything = all_texts(connection)
        chosen = _chosen(everything, asked)
        material = read_material(
            connection, parts.codebook, parts.segmentation.version, among=[kept.id for kept in chosen]
        )
    return _Work(material, asked, parts).report()


def _chosen(everything: Sequence[Kept], asked: Asked) -> list[Kept]:
    if not everything:
        raise BadInput('there are no transcripts yet. Begin with "tandem import FILES…".')
    chosen = list(everything)
    for key in SLICES:
        wanted = getattr(asked, key)
        if wanted is None:
            continue
        known = [str(getattr(kept.transcript, key)) for kept in everything]
        if wanted not in known:
            raise unknown(key, wanted, [one for one in known if one], remedy='See them with "tandem status".')
        chosen = [kept for kept in chosen if getattr(kept.transcript, key) == wanted]
    if not chosen:
        said = ", ".join(
            f'{key} "{getattr(asked, key)}"' for key in SLICES if getattr(asked, key) is not None
        )
        raise BadInput(f"no transcript belongs to {said} together. Ask about one of them alone.")
    return chosen


class _Work:
    """One report in the making: the material, and the group of each unit."""

    def __init__(self, material: Material, asked: Asked, parts: Parts) -> None:
        self.material = material
        self.asked = asked
        self.parts = parts
        self.member, self.groups = material.units.groups(asked.group_by)
        self.columns = material.columns
        self.people = {name: one for name, one in material.independent.items() if one.judged.anywhere}

    def report(self) -> Report:
        """Measure everything."""
        material = self.material
        people = self.people_pairs()
        trios = self.trios()
        figures = (
            *self.of_people(people),
            *self.of_model(),
            *self.of_consensus(),
            *self.of_repeats(),
            *self.on_the_same(trios),
            *self.in_slices(people, self.model_pairs(material.independent)),
        )
        margin = self.parts.study.config.margin
        return Report(
            study=self.parts.study.config.name,
            asked=self.asked,
            figures=figures,
            effect=suggestion_effect(self.strata(), len(self.groups)),
            acceptance=acceptance(self.shown(), len(self.groups)),
            verdicts=verdicts(trios, self.columns, margin),
            margin=margin,
            double_code=self.double_code(figures),
            curves=learning_curves(material.models),
            left_out=material.left_out,
            facts=self.facts(people, trios),
            notes=(*material.notes, *self.notes()),
        )

    def pair(self, a: str, b: str, one: Judged, other: Judged) -> Pair:
        """Two judges of this study."""
        return Pair(a, b, one, other, self.member, self.groups)

    def people_pairs(self) -> list[Pair]:
        """Every two people, on what both judged independently."""
        return [
            self.pair(a, b, self.people[a].judged, self.people[b].judged)
            for a, b in combinations(self.people, 2)
        ]

    def of_people(self, pairs: Sequence[Pair]) -> Iterator[Agreement]:
        """Person with person: each pair, their mean, and everybody at once."""
        if len(self.people) < 2:
            yield self._none(_why_nobody(self.people, self.material))
            return
        for pair in pairs:
            yield from self.figures([pair], "person and person", "independent", (pair.a, pair.b))
        if len(pairs) > 1:
            yield from self.figures(pairs, "people", "independent", (PEOPLE, PEOPLE))
            yield from figures_of_everybody(
                [one.judged for one in self.people.values()],
                self.member,
                len(self.groups),
                self.columns,
                self.material.stands,
                Described("everybody", "independent", ("everybody", "everybody"), {}),
            )
        else:
            yield from self._sets(pairs[0])

    def _sets(self, pair: Pair) -> Iterator[Agreement]:
        found = figures_of_everybody(
            [pair.one, pair.other],
            self.member,
            len(self.groups),
            self.columns,
            self.material.stands,
            Described("person and person", "independent", (pair.a, pair.b), {}),
        )
        yield from (one for one in found if one.level == "sets of codes")

    def model_pairs(self, reviewed: Mapping[str, Reviewed]) -> list[Pair]:
        """The model, as it stood then, with each person."""
        return [
            self.pair(MODEL, name, one.model.judged, one.judged)
            for name, one in reviewed.items()
            if one.model.judged.anywhere
        ]

    def of_model(self) -> Iterator[Agreement]:
        """Person with model version: prospective; assisted reviews apart, since they lean towards what was shown."""
        for condition, reviewed in (
            ("independent", self.material.independent),
            ("assisted", self.material.assisted),
        ):
            pairs = self.model_pairs(reviewed)
            for pair in pairs:
                yield from self.figures([pair], "model and person", condition, (MODEL, pair.b))
            if len(pairs) > 1:
                yield from self.figures(pairs, "model and people", condition, (MODEL, PEOPLE))
            yield from self._by_version(reviewed, pairs, condition)
        if not self.model_pairs(self.material.independent):
            yield self._none(
                _why_no_model(self.material), comparison="model and people", coders=(MODEL, PEOPLE)
            )

    def _by_version(
        self, reviewed: Mapping[str, Reviewed], pairs: Sequence[Pair], condition: str
    ) -> Iterator[Agreement]:
        versions = sorted(
            {v for pair in pairs for v in np.unique(reviewed[pair.b].model.version).tolist() if v >= 0}
        )
        for version in versions if len(versions) > 1 else ():
            name = f"{MODEL} {self.material.models[version].version}"
            its = [pair.only(reviewed[pair.b].model.version == version) for pair in pairs]
            yield from self.figures(its, "model version and people", condition, (name, PEOPLE))

    def of_consensus(self) -> Iterator[Agreement]:
        """Each coder, and the model, with a consensus formed without them."""
        for name, consensus in self.material.consensus.items():
            pair = self.pair(name, CONSENSUS, self.people[name].judged, consensus)
            yield from self.figures([pair], "coder and consensus", "derived", (name, CONSENSUS))
        if self.material.consensus_and_model is not None:
            consensus, model = self.material.consensus_and_model
            pair = self.pair(MODEL, CONSENSUS, model, consensus)
            yield from self.figures([pair], "model and consensus", "derived", (MODEL, CONSENSUS))

    def of_repeats(self) -> Iterator[Agreement]:
        """Each coder with themselves, on the segments that were put before them again."""
        for name, again in self.material.repeats.items():
            first = self.people.get(name) or self.material.assisted.get(name)
            if first is None:
                continue
            pair = self.pair(name, name, first.judged, again.judged)
            yield from self.figures([pair], "coder with themselves", "repeat", (name, f"{name}, again"))

    def trios(self) -> list[Trio]:
        """Two people and the model on the same units."""
        found = []
        for a, b in combinations(self.people, 2):
            one, other = self.people[a], self.people[b]
            found.append(
                Trio(
                    self.pair(a, b, one.judged, other.judged),
                    self.pair(MODEL, a, one.model.judged, one.judged),
                    self.pair(MODEL, b, other.model.judged, other.judged),
                )
            )
        return [trio for trio in found if trio.matched().people.shared]

    def on_the_same(self, trios: Sequence[Trio]) -> Iterator[Agreement]:
        """People with each other and the model with them, on the same units, to be set side by side."""
        matched = [trio.matched() for trio in trios]
        if not matched:
            return
        people = [trio.people for trio in matched]
        model = [pair for trio in matched for pair in (trio.model_first, trio.model_second)]
        yield from self.figures(people, "same segments", "independent", (PEOPLE, PEOPLE))
        yield from self.figures(model, "same segments", "independent", (MODEL, PEOPLE))

    def in_slices(self, people: Sequence[Pair], model: Sequence[Pair]) -> Iterator[Agreement]:
        """The same figures in each case, site and wave, where there are several."""
        for key in SLICES:
            values = self.material.units.values_of(key)
            names = np.unique(values).tolist()
            for name in names if len(names) > 1 else ():
                rows: Bools = values == name
                where = {key: str(name)}
                for pairs, first in ((people, PEOPLE), (model, MODEL)):
                    its = [pair.only(rows) for pair in pairs]
                    if any(pair.shared for pair in its):
                        comparison = "people" if first == PEOPLE else "model and people"
                        yield from self.figures(its, comparison, "independent", (first, PEOPLE), where)

    def figures(
        self,
        pairs: Sequence[Pair],
        comparison: str,
        condition: str,
        coders: tuple[str, str],
        where: Mapping[str, str] | None = None,
    ) -> tuple[Agreement, ...]:
        """Every figure of these pairs."""
        return figures_of_pairs(pairs, self.columns, Described(comparison, condition, coders, where or {}))

    def strata(self) -> list[Stratum]:
        """Blind and assisted reviews of each coder and model version, as the segments were drawn."""
        codes = np.array([column.level == "code" for column in self.columns])
        found = []
        for name, blind in self.material.independent.items():
            assisted = self.material.assisted.get(name)
            if assisted is None:
                continue
            drawn_blind = self._drawn(blind, Draw.BLIND)
            drawn_shown = self._drawn(assisted, Draw.ORDINARY)
            for version in np.unique(assisted.model.version[drawn_shown]).tolist():
                if version < 0:
                    continue
                shown_arm = self._arm(assisted, drawn_shown & (assisted.model.version == version), codes)
                blind_arm = self._arm(blind, drawn_blind & (blind.model.version == version), codes)
                found.append(Stratum(name, self.material.models[version].version, shown_arm, blind_arm))
        return found

    def _drawn(self, reviewed: Reviewed, draw: Draw) -> Bools:
        rows = np.zeros(len(self.material.units), dtype=np.bool_)
        for row, review in reviewed.review_of.items():
            rows[row] = review.draw is draw
        return rows & reviewed.judged.known[:, 0] & reviewed.model.judged.known[:, 0]

    def _arm(self, reviewed: Reviewed, rows: Bools, codes: Bools) -> Arm:
        at = np.flatnonzero(rows)
        given = [reviewed.review_of[row].lead_time for row in at.tolist()]
        return Arm(
            suggested=reviewed.model.judged.values[np.ix_(at, codes)],
            applied=reviewed.judged.values[np.ix_(at, codes)],
            member=self.member[at],
            seconds=np.array([np.nan if one is None else one for one in given], dtype=float),
        )

    def shown(self) -> dict[str, Any]:
        """Of each suggestion that was shown: its probability, whether it was accepted, and the group; by coder."""
        codes = np.array([column.level == "code" for column in self.columns])
        found = {}
        for name, one in self.material.assisted.items():
            known = one.model.judged.known & one.judged.known & one.model.judged.values & codes
            rows, columns = np.nonzero(known & ~np.isnan(one.model.probability))
            if len(rows):
                probability = one.model.probability[rows, columns].astype(float)
                found[name] = (probability, one.judged.values[rows, columns], self.member[rows])
        return found

    def double_code(self, figures: Sequence[Agreement]) -> list[dict[str, Any]]:
        """Which transcripts to give to a second coder."""
        judged = sum(
            (one.judged.known[:, 0].astype(int) for one in self.people.values()), np.zeros(len(self.member))
        )
        twice = judged >= 2
        done = len(np.unique(self.member[twice]))
        wanted = [at for at, column in enumerate(self.columns) if column.level == "code"]
        known = {
            f.code_id: f for f in figures if _is_people(f) and f.level == "code" and f.coefficient == "kappa"
        }
        applied = self._expected()
        widths = {}
        for at in wanted:
            column, figure = self.columns[at], known.get(self.columns[at].code_id)
            if not applied[:, at].any():
                continue
            half = (figure.interval[1] - figure.interval[0]) / 2 if figure and figure.interval else None
            mean = float(applied[twice, at].sum()) / done if done else 0.0
            widths[column.code_id] = Width(column.code, half, mean)
        return to_double_code(self._candidates(judged, applied, wanted), widths, done)

    def _expected(self) -> Any:
        found: Any = np.zeros((len(self.member), len(self.columns)))
        for one in self.people.values():
            found = np.maximum(found, one.judged.values & one.judged.known)
        for reviewed in (*self.material.independent.values(), *self.material.assisted.values()):
            unread = (
                ~np.any([one.judged.known[:, 0] for one in self.people.values()], axis=0)
                if self.people
                else True
            )
            found = np.where(
                np.asarray(unread)[..., None],
                np.maximum(found, np.nan_to_num(reviewed.model.probability)),
                found,
            )
        return found

    def _candidates(self, judged: Any, applied: Any, wanted: Sequence[int]) -> Iterator[Candidate]:
        of = np.array([t for t, _ in self.material.units.at])
        for t, kept in enumerate(self.material.units.transcripts):
            rows = of == t
            if not rows.any() or (judged[rows] >= 2).any():
                continue
            by = tuple(name for name, one in self.people.items() if one.judged.known[rows, 0].any())
            expected = {self.columns[at].code_id: float(applied[rows, at].sum()) for at in wanted}
            its = kept.transcript
            yield Candidate(its.name, its.case, its.wave, int(rows.sum()), by, expected)

    def facts(self, people: Sequence[Pair], trios: Sequence[Trio]) -> dict[str, Any]:
        """What the methods paragraph is made of."""
        units = self.material.units
        shared = [pair for pair in people if pair.shared]
        twice = (
            np.any([pair.known[:, 0] for pair in shared], axis=0)
            if shared
            else np.zeros(len(units), dtype=bool)
        )
        matched = [trio.matched().people.known[:, 0] for trio in trios]
        both = np.any(matched, axis=0) if matched else np.zeros(len(units), dtype=bool)
        config = self.parts.study.config
        return {
            "coders": list(self.people),
            "pairs": len(shared),
            "transcripts": len(units.transcripts),
            "segments": len(units),
            "group_by": self.asked.group_by,
            "groups": len(self.groups),
            "double_coded": int(twice.sum()),
            "double_coded_groups": len(np.unique(self.member[twice])),
            "with_model": int(both.sum()),
            "with_model_groups": len(np.unique(self.member[both])),
            "unit": config.segmentation.unit,
            "joined": sum(
                len(its) for at, its in self.material.runs.items() if self.columns[at].level == "code"
            ),
            "codes": sum(column.level == "code" for column in self.columns),
            "frameworks": [f.name for f in self.parts.codebook.frameworks],
            "codebook_version": self.parts.codebook.version,
            "versions": [model.version for model in self.material.models],
            "assisted": {
                name: int(one.judged.known[:, 0].sum()) for name, one in self.material.assisted.items()
            },
            "margin": config.margin,
        }

    def notes(self) -> Iterator[str]:
        """What a reader must know beside the figures."""
        unused = [
            column.code
            for at, column in enumerate(self.columns)
            if column.level == "code"
            and not any(one.judged.values[:, at].any() for one in self.people.values())
        ]
        if unused and self.people:
            named = ", ".join(f'"{code}"' for code in unused[:5]) + (" …" if len(unused) > 5 else "")
            yield (
                f"{len(unused)} of {sum(c.level == 'code' for c in self.columns)} codes were never used in independent "
                f"reviews, so there is nothing to measure on them: {named}"
            )

    def _none(
        self, why: str, *, comparison: str = "people", coders: tuple[str, str] = (PEOPLE, PEOPLE)
    ) -> Agreement:
        if len(self.people) == 1 and comparison == "people":
            coders = (next(iter(self.people)), "")
        described = Described(comparison, "independent", coders, {})
        return described.figure(
            self.columns[0], coefficient="kappa", value=None, units=0, groups=0, reason=why
        )


def _is_people(figure: Agreement) -> bool:
    """The figure over all people, not in one case, site or wave."""
    return figure.comparison in ("people", "person and person") and not figure.where


def _why_nobody(people: Mapping[str, Reviewed], material: Material) -> str:
    if not len(material.units):
        return "these transcripts hold no participant's words, so there is nothing to judge"
    if people:
        return (
            f"only {next(iter(people))} has coded independently here, so there is no second person to compare with. "
            f"Give some transcripts to a second coder"
        )
    if material.assisted:
        return "there are only assisted reviews here, and they lean towards what was suggested: draw some blind or double"
    return (
        'there are no independent reviews here. Codings that come without "--complete all" or "listed" do not say '
        "what their coder looked at"
    )


def _why_no_model(material: Material) -> str:
    if not material.models:
        return 'no model has been trained yet. Run "tandem train" first'
    counted = material.left_out.get("independent", {})
    if counted:
        said = "; ".join(f"{n} times {why}" for why, n in sorted(counted.items(), key=lambda one: -one[1]))
        return f"no independent review can be compared with a suggestion: {said}"
    return "there are no independent reviews to compare the model with"
