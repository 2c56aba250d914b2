"""Settings: study.yaml as a form. What cannot be meant is refused beside its field, and nothing is changed then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response, status

from annotations.errors import BadInput
from annotations.study.config import StudyConfig, read_study
from service.access.policy import Action
from service.audit import Did
from service.study_settings import change_settings
from service.web.pages import Visit, Visited, saved
from service.web.workbench.audit import audit
from service.web.workbench.given import Given, Sent

PATH = "/settings"
router = APIRouter(include_in_schema=False)

_LISTS = ("waves", "interviewers", "participant_speakers", "no_speakers", "unlabelled_participant")
_WORDS = ("name", "language", "time_zone", "participant_pattern", "file_pattern")


@router.get(PATH)
def settings(visit: Visited) -> Response:
    """What study.yaml says now."""
    visit.must(Action.CHANGE_STUDY)
    config = read_study(visit.parts.study.folder).config
    return _page(visit, _fields(config), config)


@router.post(PATH)
def change(visit: Visited, sent: Sent) -> Response:
    """Put the form's words into study.yaml."""
    visit.must(Action.CHANGE_STUDY)
    parts = visit.parts
    config = read_study(parts.study.folder).config
    try:
        wanted = _wanted(sent, config)
        with parts.alone("settings"):
            parts.take_up(read_study(parts.study.folder))
            done = change_settings(parts, wanted)
    except BadInput as error:
        given = {name: sent.text(name) for name in _fields(config)}
        return _page(visit, given, config, fault=str(error))
    audit(visit, Did.CHANGED_STUDY, "study.yaml", keys=", ".join(done.changed))
    if done.notes:
        return _page(visit, _fields(done.study.config), done.study.config, notes=done.notes)
    return saved(PATH, form="settings")


def _page(
    visit: Visit,
    fields: Mapping[str, str],
    config: StudyConfig,
    *,
    fault: str = "",
    notes: tuple[str, ...] = (),
) -> Response:
    errors, others = _by_field(fault)
    return visit.page(
        "workbench/settings.html",
        f=fields,
        errors=errors,
        faults=others,
        notes=notes,
        config=config,
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
    )


_FAULT = re.compile(r'study\.yaml: "(?P<key>[a-z_]+)[.\w]*": (?P<said>.*)', re.DOTALL)
_ABOUT = {
    "wave": "waves",
    "case": "cases",
    "site": "cases",
    "coder": "coders",
    "speaker": "participant_speakers",
}


def _by_field(fault: str) -> tuple[dict[str, str], list[str]]:
    errors: dict[str, str] = {}
    others = []
    for line in fault.splitlines():
        match = _FAULT.match(line)
        about = re.match(r"the (\w+) ", line)
        key = match["key"] if match else _ABOUT.get(about[1], "") if about else ""
        said = match["said"] if match else line
        if key:
            said = f"It {said}" if said.startswith("is ") else said[:1].upper() + said[1:]
            errors[key] = f"{errors[key]} {said}" if key in errors else said
        else:
            others.append(line)
    return errors, others


def _fields(config: StudyConfig) -> dict[str, str]:
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
    fields["unit"] = config.segmentation.unit
    fields["max_words"] = _shown(config.segmentation.max_words)
    fields["may_train"] = "yes" if config.consents.may_train else ""
    fields["may_quote"] = "yes" if config.consents.may_quote else ""
    fields["fine_tune"] = "yes" if config.embedder.fine_tune else ""
    fields["precision"] = _shown(config.aim.precision)
    fields["least_precision"] = _shown(config.aim.least_precision)
    fields["retrain_after"] = _shown(config.retrain.after)
    fields["nightly"] = config.backup.nightly or ""
    fields["keep"] = _shown(config.backup.keep)
    fields["margin"] = _shown(config.margin)
    fields["codings_columns"] = "\n".join(
        f"{ours}: {theirs}" for ours, theirs in config.codings_columns.items()
    )
    return fields


def _shown(value: float | None) -> str:
    return "" if value is None else str(value)


def _wanted(sent: Given, config: StudyConfig) -> dict[str, Any]:
    """What the form's words mean, as study.yaml would say it. Raises BadInput."""
    now = _Now(sent)
    wanted: dict[str, Any] = {name: sent.text(name) for name in _WORDS}
    wanted |= {name: _lines(sent.text(name)) for name in _LISTS}
    wanted["cases"] = dict(_case(line) for line in _lines(sent.text("cases")))
    wanted["coders"] = [_coder(line) for line in _lines(sent.text("coders"))]
    wanted["codings_columns"] = dict(_column(line) for line in _lines(sent.text("codings_columns")))
    wanted["consents"] = {"may_train": sent.ticked("may_train"), "may_quote": sent.ticked("may_quote")}
    wanted["margin"] = now.number("margin", "margin") or 0.10
    wanted["retrain"] = {"after": now.whole("retrain_after", "retrain")}
    wanted["aim"] = {
        "precision": now.number("precision", "aim"),
        "least_precision": now.number("least_precision", "aim") or 0.0,
    }
    # of these the form shows a part; the rest stays as it is
    sections: dict[str, dict[str, Any]] = {
        "segmentation": {"unit": sent.text("unit"), "max_words": now.whole("max_words", "segmentation")},
        "embedder": {"fine_tune": sent.ticked("fine_tune")},
        "backup": {"nightly": sent.text("nightly") or None, "keep": now.whole("keep", "backup")},
    }
    for key, shown in sections.items():
        before = getattr(config, key).model_dump(mode="json", exclude_defaults=True)
        wanted[key] = {name: value for name, value in (before | shown).items() if value is not None}
    now.refuse()
    return wanted


class _Now:
    """Numbers of the form, and every one that is none."""

    def __init__(self, sent: Given) -> None:
        self._sent = sent
        self._faults: list[str] = []

    def number(self, name: str, key: str) -> float | None:
        """A number, None where the field is empty."""
        given = self._sent.text(name).replace(",", ".")
        try:
            return float(given) if given else None
        except ValueError:
            self._faults.append(f'study.yaml: "{key}": expected a number such as 0.7, found "{given[:40]}".')
            return None

    def whole(self, name: str, key: str) -> int | None:
        """A whole number, None where the field is empty."""
        given = self._sent.text(name)
        if given and not re.fullmatch("[0-9]{1,7}", given):
            self._faults.append(f'study.yaml: "{key}": expected a whole number, found "{given[:40]}".')
            return None
        return int(given) if given else None

    def refuse(self) -> None:
        """Raises BadInput for those that are none."""
        if self._faults:
            raise BadInput("\n".join(self._faults))


def _lines(given: str) -> list[str]:
    return [line.strip() for line in given.splitlines() if line.strip()]


def _case(line: str) -> tuple[str, list[str]]:
    name, _, sites = line.partition(":")
    return name.strip(), [site.strip() for site in sites.split(",") if site.strip()]


def _coder(line: str) -> dict[str, Any]:
    name, aliases, email, *more = (*(part.strip() for part in line.split(";")), "", "")
    if any(more):
        raise BadInput(
            f'study.yaml: "coders": a line is a name, other names and an e-mail, with ";" between; found "{line[:80]}".'
        )
    if "@" in aliases and not email:
        aliases, email = "", aliases
    plain: dict[str, Any] = {"name": name}
    if names := [alias.strip() for alias in aliases.split(",") if alias.strip()]:
        plain["aliases"] = names
    return plain | ({"email": email} if email else {})


def _column(line: str) -> tuple[str, str]:
    ours, mark, theirs = line.partition(":")
    if not mark or not theirs.strip():
        raise BadInput(f'study.yaml: "codings_columns": write "quote: Segment", found "{line[:80]}".')
    return ours.strip(), theirs.strip()
