"""The form of the settings: study.yaml as fields of words, and what the words of the fields mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from annotations.names import folded
from annotations.study.config import FILE, StudyConfig
from annotations.study.config_faults import ConfigFault
from service.web.workbench.given import Given

_LISTS = ("waves", "interviewers", "participant_speakers", "no_speakers", "unlabelled_participant")
_WORDS = ("name", "language", "time_zone", "participant_pattern", "file_pattern")
_PARTS = {
    ("segmentation", "unit"): "unit",
    ("segmentation", "max_words"): "max_words",
    ("embedder", "fine_tune"): "fine_tune",
    ("aim", "precision"): "precision",
    ("aim", "least_precision"): "least_precision",
    ("consents", "may_train"): "may_train",
    ("consents", "may_quote"): "may_quote",
    ("retrain", "after"): "retrain_after",
    ("backup", "nightly"): "nightly",
    ("backup", "keep"): "keep",
}
_LARGEST = 9_999_999


def field_of(path: tuple[str | int, ...]) -> str:
    """The form's field that says what stands at this path of study.yaml; "" where none does."""
    if (part := tuple(map(str, path[:2]))) in _PARTS:
        return _PARTS[part]
    whole = (*_WORDS, *_LISTS, "cases", "coders", "codings_columns", "same_speakers", "margin")
    return str(path[0]) if path and path[0] in whole else ""


def by_field(faults: Iterable[ConfigFault]) -> tuple[dict[str, str], list[str]]:
    """What is wrong by the field that it is about, and the sentences that are about none of the form's."""
    errors: dict[str, str] = {}
    others = []
    for fault in faults:
        if name := field_of(fault.path):
            errors[name] = f"{errors[name]} {fault.said}" if name in errors else fault.said
        else:
            others.append(fault.line)
    return errors, others


def fields_of(config: StudyConfig) -> dict[str, str]:
    """The form's fields as words, as somebody would type them."""
    fields = {name: str(getattr(config, name)) for name in _WORDS}
    fields |= {name: "\n".join(getattr(config, name)) for name in _LISTS}
    fields["cases"] = "\n".join(
        f"{case}: {', '.join(sites)}" if sites else case for case, sites in config.cases.items()
    )
    fields["coders"] = "\n".join(
        "; ".join(filter(None, (coder.name, ", ".join(coder.aliases), coder.email)))
        if coder.aliases or not coder.email
        else f"{coder.name}; ; {coder.email}"
        for coder in config.coders
    )
    for (section, key), name in _PARTS.items():
        fields[name] = _shown(getattr(getattr(config, section), key))
    fields["margin"] = _shown(config.margin)
    for name in ("codings_columns", "same_speakers"):
        fields[name] = "\n".join(f"{key}: {value}" for key, value in getattr(config, name).items())
    return fields


def wanted_of(sent: Given, config: StudyConfig) -> tuple[dict[str, Any], list[ConfigFault]]:
    """What the form's words mean, as study.yaml would say it, and every field whose words mean nothing.

    A key whose words mean nothing is left out, a part of a section is as if it were empty.
    """
    now = _Words(sent)
    usual = StudyConfig(name="usual")
    wanted: dict[str, Any] = {name: sent.text(name) for name in _WORDS}
    wanted |= {name: _lines(sent.text(name)) for name in _LISTS}
    wanted["cases"] = now.named_lines("cases", _case, "case")
    wanted["coders"] = now.each_line("coders", _coder)
    wanted["codings_columns"] = now.named_lines("codings_columns", _column, "column")
    wanted["same_speakers"] = now.named_lines("same_speakers", _speaker, "label")
    wanted["consents"] = {"may_train": sent.ticked("may_train"), "may_quote": sent.ticked("may_quote")}
    wanted["margin"] = now.number("margin", ("margin",), usual.margin)
    wanted["retrain"] = {"after": now.whole("retrain_after", ("retrain", "after"))}
    wanted["aim"] = {
        "precision": now.number("precision", ("aim", "precision"), None),
        "least_precision": now.number(
            "least_precision", ("aim", "least_precision"), usual.aim.least_precision
        ),
    }
    # of these the form shows a part; the rest stays as it is
    sections: dict[str, dict[str, Any]] = {
        "segmentation": {
            "unit": sent.text("unit"),
            "max_words": now.whole("max_words", ("segmentation", "max_words")),
        },
        "embedder": {"fine_tune": sent.ticked("fine_tune")},
        "backup": {
            "nightly": sent.text("nightly") or None,
            "keep": now.whole("keep", ("backup", "keep")),
        },
    }
    for key, shown in sections.items():
        before = getattr(config, key).model_dump(mode="json", exclude_defaults=True)
        wanted[key] = {name: value for name, value in (before | shown).items() if value is not None}
    for fault in now.faults:
        if len(fault.path) == 1:
            wanted.pop(str(fault.path[0]), None)
    return wanted, now.faults


class _Words:
    """The words of the form's fields, and every one that means nothing."""

    def __init__(self, sent: Given) -> None:
        self._sent = sent
        self.faults: list[ConfigFault] = []

    def number(self, name: str, path: tuple[str, ...], empty: float | None) -> float | None:
        """A number; ``empty`` where the field is empty, or where it holds none, which is a fault."""
        given = self._sent.text(name)
        try:
            return float(given.replace(",", ".")) if given else empty
        except ValueError:
            self._fault(path, f'must be a number such as 0.7 (found "{given[:40]}").')
            return empty

    def whole(self, name: str, path: tuple[str, ...]) -> int | None:
        """A whole number, None where the field is empty or holds none, which is a fault."""
        given = self._sent.text(name)
        if not given:
            return None
        if not re.fullmatch("[+-]?[0-9]+", given):
            self._fault(path, f'must be a whole number (found "{given[:40]}").')
        elif len(given) > len(str(_LARGEST)):
            self._fault(path, f'must be {_LARGEST:,} or less (found "{given[:40]}").')
        else:
            return int(given)
        return None

    def each_line(self, name: str, read: Callable[[str], Any]) -> list[Any]:
        """What each line of a field means."""
        meant = []
        for line in _lines(self._sent.text(name)):
            try:
                meant.append(read(line))
            except ValueError as error:
                self._fault((name,), f'{error}; found "{line[:80]}".')
        return meant

    def named_lines(self, name: str, read: Callable[[str], tuple[str, Any]], what: str) -> dict[str, Any]:
        """The same of lines that each begin with a name."""
        meant: dict[str, Any] = {}
        for key, value in self.each_line(name, read):
            if folded(key) in map(folded, meant):
                self._fault((name,), f'The {what} "{key[:80]}" stands there twice. Keep one line.')
            meant[key] = value
        return meant

    def _fault(self, path: tuple[str, ...], what: str) -> None:
        self.faults.append(ConfigFault.at(path, what, FILE))


def _shown(value: str | float | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def _lines(given: str) -> list[str]:
    return [line.strip() for line in given.splitlines() if line.strip()]


def _case(line: str) -> tuple[str, list[str]]:
    name, _, sites = line.partition(":")
    return name.strip(), [site.strip() for site in sites.split(",") if site.strip()]


def _coder(line: str) -> Mapping[str, Any]:
    name, aliases, email, *more = (*(part.strip() for part in line.split(";")), "", "")
    if any(more):
        raise ValueError('a line is a name, other names and an e-mail, with ";" between')
    if "@" in aliases and not email:
        aliases, email = "", aliases
    plain: dict[str, Any] = {"name": name}
    if names := [alias.strip() for alias in aliases.split(",") if alias.strip()]:
        plain["aliases"] = names
    return plain | ({"email": email} if email else {})


def _column(line: str) -> tuple[str, str]:
    ours, mark, theirs = line.partition(":")
    if not mark or not theirs.strip():
        raise ValueError('a line is our name and yours, such as "quote: Segment"')
    return ours.strip(), theirs.strip()


def _speaker(line: str) -> tuple[str, str]:
    # the last colon: what a file calls a speaker may hold one
    label, mark, meant = line.rpartition(":")
    if not mark or not label.strip() or not meant.strip():
        raise ValueError('a line is a label and who is meant, such as "Interveiwer: Interviewer"')
    return label.strip(), meant.strip()
