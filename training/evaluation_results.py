"""What an evaluation found, as values; ``to_json`` is what ``tandem evaluate --json`` prints and the store keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from annotations.agreement import Interval

_OF_PROBABILITIES = ("brier", "brier_skill", "calibration_error")


@dataclass(frozen=True, slots=True)
class Kappa:
    """Mean kappa of codes, or None; its interval, or the reason why there is none, and then the value of each group."""

    value: float | None
    interval: Interval | None
    interval_reason: str | None
    few_transcripts: bool
    by_group: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Overall:
    """Figures over all codes. ``prevalence``: the share of segment × code that people applied."""

    n_segments: int
    groups: int
    micro_f1: float | None
    macro_f1: float | None
    kappa: Kappa
    prevalence: float | None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "n_segments": self.n_segments,
            "groups": self.groups,
            "micro_f1": self.micro_f1,
            "macro_f1": self.macro_f1,
            "kappa": self.kappa.value,
            "kappa_interval": self.kappa.interval,
            "kappa_interval_reason": self.kappa.interval_reason,
            "few_transcripts": self.kappa.few_transcripts,
            "kappa_by_group": dict(self.kappa.by_group),
            "prevalence": self.prevalence,
        }


@dataclass(frozen=True, slots=True)
class Spotting:
    """Is the segment coded at all. ``reason``: why kappa is 0 whatever was decided, or None."""

    f1: float | None
    kappa: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Labelling:
    """Which codes, on segments that are coded."""

    micro_f1: float | None
    n_segments: int


@dataclass(frozen=True, slots=True)
class PairsSide:
    """All that is said of one sort of pairs: people with each other, or the model with people."""

    overall: Overall
    spotting: Spotting
    labelling: Labelling

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "overall": self.overall.to_json(),
            "spotting": asdict(self.spotting),
            "labelling": asdict(self.labelling),
        }


@dataclass(frozen=True, slots=True)
class Probabilities:
    """How good probabilities are, whatever the thresholds: ``ap_codes`` says how many codes ``macro_ap`` is the mean of.

    The others: see ``training.probability_figures``.
    """

    macro_ap: float | None
    ap_codes: int
    brier: float | None
    brier_skill: float | None
    calibration_error: float | None


@dataclass(frozen=True, slots=True)
class CodeFigures:
    """One code. ``n``: segments to which the larger part of their coders applied it.

    ``ticked``: on how many held-out segments it would come ticked, ``ticked_right`` of them as their coders say (where
    they differ, by their shares);
    ``comes_ticked``: do these show that it is right often enough to come ticked at all. ``recall_at_5``: of the
    segments that carry it, the share on which it comes ticked or is among the first five boxes; None for a code that has
    a row of its own on the screen.
    ``carried``: held-out segments that carry it. ``curve``: for each probability from which on it might come ticked, how
    many would be, and how many of these rightly. ``brier``, ``brier_skill``, ``calibration_error``: of its probabilities,
    see ``training.probability_figures``.
    """

    framework: str
    code: str
    code_id: str
    n: int
    precision: float | None
    recall: float | None
    f1: float | None
    average_precision: float | None
    prevalence: float | None
    kappa: float | None
    kappa_interval: Interval | None
    few_transcripts: bool
    reason: str | None
    ticked: int | None = None
    ticked_right: int | None = None
    comes_ticked: bool = False
    recall_at_5: float | None = None
    carried: int | None = None
    curve: tuple[tuple[float, int, int], ...] = ()
    brier: float | None = None
    brier_skill: float | None = None
    calibration_error: float | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """What a coder's hands have to do on held-out segments with suggestions and without: numbers of codes, and actions.

    Of the codes ``given``: ``ticked_right`` stood there ticked, ``in_boxes`` had a box or a row to click, ``sought`` had
    to be sought by name. ``ticked_wrong``: ticks to take away; ``read_in_vain``: boxes that nobody wanted. Where coders
    differ each of them counts by their share.
    """

    n_segments: int
    given: float
    ticked_right: float
    ticked_wrong: float
    in_boxes: float
    sought: float
    read_in_vain: float
    actions: float
    actions_without: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The model against each coder, on every segment that this coder judged.

    ``least_precision``: from which probability on ticks were counted.
    """

    side: PairsSide
    probabilities: Probabilities
    codes: tuple[CodeFigures, ...]
    effort: Effort
    least_precision: float

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        plain = self.side.to_json()
        plain["overall"] |= asdict(self.probabilities)
        return plain | {
            "codes": [asdict(code) for code in self.codes],
            "effort": asdict(self.effort),
            "least_precision": self.least_precision,
        }


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Why there is no figure of the model, and how many groups people have judged independently."""

    groups: int
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As plain data, in the keys of ``Measured``."""
        keys = ("micro_f1", "macro_f1", "macro_ap", "kappa", "kappa_interval", *_OF_PROBABILITIES)
        return {
            "overall": {"n_segments": 0, "groups": self.groups, **dict.fromkeys(keys), "reason": self.reason},
            "spotting": asdict(Spotting(None, None)),
            "labelling": asdict(Labelling(None, 0)),
            "codes": [],
            "effort": None,
            "least_precision": None,
        }


@dataclass(frozen=True, slots=True)
class BesidePeople:
    """People with each other and the model with the same people, on the same segments."""

    person: PairsSide
    model: PairsSide | None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "n_segments": self.person.overall.n_segments,
            "groups": self.person.overall.groups,
            "person": self.person.to_json(),
            "model": None if self.model is None else self.model.to_json(),
        }


@dataclass(frozen=True, slots=True)
class InLanguages:
    """The model against each coder on the segments in some languages alone. ``reason``: why there is no figure."""

    languages: tuple[str, ...]
    segments: int
    groups: int
    model: Measured | None
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """As plain data: the figures over all codes."""
        keys = ("micro_f1", "macro_f1", "macro_ap", "kappa", "kappa_interval", *_OF_PROBABILITIES)
        overall = {} if self.model is None else self.model.to_json()["overall"]
        return {
            "languages": list(self.languages),
            "n_segments": self.segments,
            "groups": self.groups,
            **{key: overall.get(key) for key in keys},
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class ByLanguage:
    """Figures apart, where some segments are in a language that the encoder was not taught.

    ``taught``: on the segments in the languages that it was; ``others``: on those of each other language.
    """

    taught: InLanguages
    others: tuple[InLanguages, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"taught": self.taught.to_json(), "others": [other.to_json() for other in self.others]}


@dataclass(frozen=True, slots=True)
class Lacking:
    """A code that too few examples teach."""

    code: str
    code_id: str
    examples: int
    reason: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that ``tandem evaluate`` says. ``people``: None where ``people_reason`` says why.

    ``languages``: None where the encoder was taught the language of every segment, or nobody knows which it was taught.
    """

    model: Measured | NotMeasured
    people: BesidePeople | None
    people_reason: str | None
    too_few: tuple[Lacking, ...]
    languages: ByLanguage | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return self.model.to_json() | {
            "people": None if self.people is None else self.people.to_json(),
            "people_reason": self.people_reason,
            "too_few": [asdict(code_too_few) for code_too_few in self.too_few],
            "languages": None if self.languages is None else self.languages.to_json(),
        }
