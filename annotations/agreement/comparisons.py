"""Who is compared with whom: people, model versions and consensus, each on what both of them judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotations.agreement.all_coders import figures_of_everybody
from annotations.agreement.coefficient import Agreement
from annotations.agreement.judged import JudgeDecisions
from annotations.agreement.judged_material import Material, Reviewed
from annotations.agreement.pairs import ComparisonHead, JudgePair, figures_of_pairs
from annotations.agreement.second_coder import Trio
from annotations.arrays import Bools
from annotations.groups import GroupBy

PEOPLE, MODEL, CONSENSUS = "people", "model", "consensus"
SLICES = ("case", "site", "wave")


class Comparisons:
    """Every comparison that the reviews allow. ``group_by``: what is drawn again for intervals."""

    def __init__(self, material: Material, group_by: GroupBy) -> None:
        self.material = material
        self.member, self.groups = material.units.groups(group_by)
        self.columns = material.columns
        self.people = {name: coder for name, coder in material.independent.items() if coder.judged.anywhere}

    def every_figure(self) -> tuple[Agreement, ...]:
        """The figures of all comparisons."""
        people = self.people_pairs()
        return (
            *self.of_people(people),
            *self.of_model(),
            *self.of_consensus(),
            *self.of_repeats(),
            *self.on_the_same(self.trios()),
            *self.in_slices(people, self.model_pairs(self.material.independent)),
        )

    def pair(self, a: str, b: str, judged: JudgeDecisions, other: JudgeDecisions) -> JudgePair:
        """Two judges of this study, on the units that both looked at."""
        rows = np.intersect1d(judged.places, other.places)
        return JudgePair(a, b, judged.over(rows), other.over(rows), self.member[rows], self.groups)

    def people_pairs(self) -> list[JudgePair]:
        """Every two people, on what both judged independently."""
        return [
            self.pair(a, b, self.people[a].judged, self.people[b].judged)
            for a, b in combinations(self.people, 2)
        ]

    def of_people(self, pairs: Sequence[JudgePair]) -> Iterator[Agreement]:
        """Person with person: each pair, their mean, and everybody at once."""
        if len(self.people) < 2:
            yield self._none(_why_nobody(self.people, self.material))
            return
        for pair in pairs:
            yield from self.figures([pair], "person and person", "independent", (pair.a, pair.b))
        if len(pairs) > 1:
            yield from self.figures(pairs, "people", "independent", (PEOPLE, PEOPLE))
            yield from figures_of_everybody(
                [person.judged for person in self.people.values()],
                self.member,
                len(self.groups),
                self.columns,
                self.material.stands,
                ComparisonHead("everybody", "independent", ("everybody", "everybody"), {}),
            )
        else:
            yield from self._sets(pairs[0])

    def _sets(self, pair: JudgePair) -> Iterator[Agreement]:
        figures = figures_of_everybody(
            [pair.one, pair.other],
            self.member,
            len(self.groups),
            self.columns,
            self.material.stands,
            ComparisonHead("person and person", "independent", (pair.a, pair.b), {}),
        )
        yield from (figure for figure in figures if figure.level == "sets of codes")

    def model_pairs(self, reviewed: Mapping[str, Reviewed]) -> list[JudgePair]:
        """The model, as it stood then, with each person."""
        return [
            self.pair(MODEL, name, review.model.judged, review.judged)
            for name, review in reviewed.items()
            if review.model.judged.anywhere
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
        self, reviewed: Mapping[str, Reviewed], pairs: Sequence[JudgePair], condition: str
    ) -> Iterator[Agreement]:
        versions = sorted(
            {v for pair in pairs for v in np.unique(reviewed[pair.b].model.version).tolist() if v >= 0}
        )
        for version in versions if len(versions) > 1 else ():
            name = f"{MODEL} {self.material.models[version].version}"
            its = [pair.over(_of_version(reviewed[pair.b], version)) for pair in pairs]
            if any(pair.shared for pair in its):
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
            firsts = (
                ("repeat", self.people.get(name)),
                ("repeat of assisted", self.material.assisted.get(name)),
            )
            for condition, first in firsts:
                pair = None if first is None else self.pair(name, name, first.judged, again.judged)
                if pair is not None and pair.shared:
                    coders = (name, f"{name}, again")
                    yield from self.figures([pair], "coder with themselves", condition, coders)

    def trios(self) -> list[Trio]:
        """Two people and the model on the same units."""
        trios = []
        for a, b in combinations(self.people, 2):
            first, other = self.people[a], self.people[b]
            trios.append(
                Trio(
                    self.pair(a, b, first.judged, other.judged),
                    self.pair(MODEL, a, first.model.judged, first.judged),
                    self.pair(MODEL, b, other.model.judged, other.judged),
                )
            )
        return [trio for trio in trios if trio.matched().people.shared]

    def on_the_same(self, trios: Sequence[Trio]) -> Iterator[Agreement]:
        """People with each other and the model with them, on the same units, to be set side by side."""
        matched = [trio.matched() for trio in trios]
        if not matched:
            return
        people = [trio.people for trio in matched]
        model = [pair for trio in matched for pair in (trio.model_first, trio.model_second)]
        yield from self.figures(people, "same segments", "independent", (PEOPLE, PEOPLE))
        yield from self.figures(model, "same segments", "independent", (MODEL, PEOPLE))

    def in_slices(self, people: Sequence[JudgePair], model: Sequence[JudgePair]) -> Iterator[Agreement]:
        """The same figures in each case, site and wave, where there are several."""
        for key in SLICES:
            values = self.material.units.values_of(key)
            names = np.unique(values).tolist()
            for name in names if len(names) > 1 else ():
                rows: Bools = values == name
                where = {key: str(name)}
                for pairs, first in ((people, PEOPLE), (model, MODEL)):
                    its = [pair.only(rows[pair.rows]) for pair in pairs]
                    if any(pair.shared for pair in its):
                        comparison = "people" if first == PEOPLE else "model and people"
                        yield from self.figures(its, comparison, "independent", (first, PEOPLE), where)

    def figures(
        self,
        pairs: Sequence[JudgePair],
        comparison: str,
        condition: str,
        coders: tuple[str, str],
        where: Mapping[str, str] | None = None,
    ) -> tuple[Agreement, ...]:
        """Every figure of these pairs."""
        return figures_of_pairs(
            pairs, self.columns, ComparisonHead(comparison, condition, coders, where or {})
        )

    def _none(
        self, why: str, *, comparison: str = "people", coders: tuple[str, str] = (PEOPLE, PEOPLE)
    ) -> Agreement:
        if len(self.people) == 1 and comparison == "people":
            coders = (next(iter(self.people)), "")
        described = ComparisonHead(comparison, "independent", coders, {})
        return described.figure(
            self.columns[0], coefficient="kappa", value=None, units=0, groups=0, reason=why
        )


def _of_version(reviewed: Reviewed, version: int) -> NDArray[np.intp]:
    """The units on which this version's suggestion stood."""
    return np.asarray(reviewed.rows[reviewed.model.version == version])


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
        said = "; ".join(
            f"{n} times {why}" for why, n in sorted(counted.items(), key=lambda count: -count[1])
        )
        return f"no independent review can be compared with a suggestion: {said}"
    return "there are no independent reviews to compare the model with"
