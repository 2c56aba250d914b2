"""What is missing or suspicious in a codebook, and how it fits what people have coded with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from rapidfuzz import fuzz

from annotations.codebook.codes import Code, Codebook
from annotations.names import folded
from annotations.numbers_shown import counted

Kind = Literal["wrong", "missing", "suspicious", "note"]
_NEAR_NAME = 90
_NEAR_TEXT = 92
_TEXTS = (
    ("definition", "say what they mean", "Tandem and new coders learn a code from its definition."),
    ("use_when", "say when to use them", 'Say in "use_when" what a passage must hold.'),
    (
        "do_not_use_when",
        "say when not to use them",
        'Name in "do_not_use_when" the code that is often meant instead.',
    ),
    ("example", "have an example", 'Give one, invented or allowed, in "example".'),
)


@dataclass(frozen=True, slots=True)
class CodebookFault:
    """One thing to look at: how grave, what it is, the labels of the codes, and what to do."""

    kind: Kind
    what: str
    codes: tuple[str, ...]
    remedy: str

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"kind": self.kind, "what": self.what, "codes": list(self.codes), "remedy": self.remedy}


def check_codebook(codebook: Codebook, used: Mapping[str, int] | None = None) -> tuple[CodebookFault, ...]:
    """Everything to look at, the gravest first.

    ``used``: how many codings each code id has in the study; None where there is no study to look at.
    """
    findings = [*_missing(codebook), *_alike(codebook), *_odd_structure(codebook, used or {})]
    if used:
        findings += _use(codebook, used)
    order = ("wrong", "missing", "suspicious", "note")
    return tuple(sorted(findings, key=lambda finding: order.index(finding.kind)))


def _missing(codebook: Codebook) -> Iterator[CodebookFault]:
    for key, what, remedy in _TEXTS:
        lacking = [code for code in codebook.applicable if not getattr(code, key)]
        if lacking:
            of_all = counted(len(codebook.applicable), "code")
            yield CodebookFault(
                "missing",
                f"{len(lacking)} of {of_all} {'does' if len(lacking) == 1 else 'do'} not {what}",
                _labels(codebook, lacking),
                remedy,
            )


def _alike(codebook: Codebook) -> Iterator[CodebookFault]:
    named = _by(codebook.applicable, lambda code: folded(code.name)).values()
    sharing = [code for its in named if len(its) > 1 for code in its]
    if sharing:
        yield CodebookFault(
            "note",
            f"{len(sharing)} codes share their name with another",
            tuple(code.path for code in sharing),
            f'Files must give the path of these, such as "{sharing[0].path}", or the id "{sharing[0].id}".',
        )
    for first, other in combinations(codebook.applicable, 2):
        alike = fuzz.ratio(folded(first.name), folded(other.name), score_cutoff=_NEAR_NAME)
        if alike and folded(first.name) != folded(other.name):
            yield CodebookFault(
                "suspicious",
                f'the names "{first.name}" and "{other.name}" are nearly the same',
                (first.path, other.path),
                "Is one a slip of the other? Merge or rename one, or coders and files will mix them up.",
            )
        if (
            fuzz.ratio(folded(first.definition), folded(other.definition), score_cutoff=_NEAR_TEXT)
            and first.definition
        ):
            yield CodebookFault(
                "suspicious",
                "two codes have nearly the same definition",
                (first.path, other.path),
                "Say in each what the other is not, or merge them.",
            )
    for its in _by(codebook.applicable, lambda code: folded(code.example)).values():
        if len(its) > 1 and its[0].example:
            yield CodebookFault(
                "suspicious",
                f"{len(its)} codes have the same example",
                _labels(codebook, its),
                "An example should show one code and not the other.",
            )


def _odd_structure(codebook: Codebook, used: Mapping[str, int]) -> Iterator[CodebookFault]:
    """Frameworks in which nothing can be chosen, headings with nothing below them, definitions that define nothing."""
    for framework in codebook.frameworks:
        codes = codebook.of_framework(framework.id)
        usable = [code for code in codes if code.applicable]
        # a framework of which every code was retired is history
        if codes and not usable and not all(used.get(code.id) for code in codes):
            remedy = 'Set "applicable: true" for those that coders shall apply.'
            yield CodebookFault("wrong", f'no code of "{framework.name}" may be applied', (), remedy)
        if framework.select == "one" and len(usable) == 1:
            remedy = "Add the other choices, or let several apply (select: many)."
            yield CodebookFault(
                "suspicious", f'"{framework.name}" has one choice only', _labels(codebook, usable), remedy
            )
    # one that was applied is no heading but a code that was retired
    childless = [
        code
        for code in codebook
        if not code.applicable and not codebook.children(code.id, code.framework) and not used.get(code.id)
    ]
    if childless:
        yield CodebookFault(
            "suspicious",
            "some headings have nothing below them",
            _labels(codebook, childless),
            'Add codes below them, or set "applicable: true".',
        )
    only_named = [
        code
        for code in codebook.applicable
        if code.definition and folded(code.definition) == folded(code.name)
    ]
    if only_named:
        yield CodebookFault(
            "suspicious",
            "some definitions only repeat the name",
            _labels(codebook, only_named),
            "Say in a sentence what belongs there.",
        )


def _use(codebook: Codebook, used: Mapping[str, int]) -> Iterator[CodebookFault]:
    strange = sorted(code for code in used if code not in codebook.by_id)
    if strange:
        count = sum(used[code] for code in strange)
        yield CodebookFault(
            "wrong",
            f"{counted(count, 'coding')} in the study of codes that this codebook does not hold",
            tuple(f"{code} ({used[code]})" for code in strange),
            'Put the codes back with these ids, with "applicable: false" if you retired them; no model learns from codings '
            "whose code is gone.",
        )
    closed = [code for code in codebook if not code.applicable and used.get(code.id)]
    above = {code.parent for code in codebook}
    heading = [code for code in closed if code.id in above]
    retired = [code for code in closed if code.id not in above]
    if retired:
        yield CodebookFault(
            "note",
            f"{counted(len(retired), 'code that was applied is', 'codes that were applied are')} offered no more",
            _labels(codebook, retired),
            "That is right for a code that you retired: results keep its codings, models and agreement leave them out. "
            'Otherwise set "applicable: true".',
        )
    if heading:
        yield CodebookFault(
            "wrong",
            "some headings were applied to passages",
            _labels(codebook, heading),
            'Set "applicable: true" for them, or code these passages with a code below.',
        )
    never = [code for code in codebook.applicable if not used.get(code.id)]
    if never:
        yield CodebookFault(
            "note",
            f"{len(never)} of {len(codebook.applicable)} codes were never used",
            _labels(codebook, never),
            "Nothing is wrong with that, but nothing can be suggested for them from people's codings either.",
        )


def _by(codes: Sequence[Code], key: Callable[[Code], str]) -> dict[str, list[Code]]:
    by_key: dict[str, list[Code]] = {}
    for code in codes:
        by_key.setdefault(key(code), []).append(code)
    return by_key


def _labels(codebook: Codebook, codes: Sequence[Code]) -> tuple[str, ...]:
    return tuple(codebook.label(code.id) for code in codes)
