"""Changing some keys of study.yaml and nothing else in it: comments and order belong to those who wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from annotations.errors import BadInput
from annotations.names import folded
from annotations.study.config import FILE, Study, parse_config, read_study
from annotations.study.key_in_yaml import key_line, with_value, without


def add_to_list(study: Study, key: str, labels: Sequence[str]) -> Study:
    """The study with ``labels`` at the end of the list ``key`` of its study.yaml, in any case each once.

    Raises BadInput, and changes nothing, if the file is laid out so that this would not be what it says
    afterwards.
    """
    before: Sequence[str] = getattr(read_study(study.folder).config, key)
    known = {folded(label) for label in before}
    return _set(
        study, key, [*before, *(label for label in dict.fromkeys(labels) if folded(label) not in known)]
    )


def set_mapping(study: Study, key: str, wanted: Mapping[str, str]) -> Study:
    """The study with ``wanted`` below ``key`` of its study.yaml, in place of what is there. Raises as ``add_to_list``."""
    return _set(study, key, dict(wanted))


def set_values(study: Study, wanted: Mapping[str, Any]) -> Study:
    """The study with these top-level keys of its study.yaml as given, None taking a key out; the others stay as they stand.

    Raises BadInput that names each key that cannot be meant, and changes nothing then.
    """
    file = study.folder / FILE
    text = file.read_text("utf-8-sig")
    before = yaml.safe_load(text)
    after = {key: value for key, value in {**before, **wanted}.items() if value is not None}
    meant = parse_config(after, where=FILE)
    try:
        for key, value in wanted.items():
            text = without(text, key) if value is None else with_value(text, key, value)
        plain = yaml.safe_load(text)
        config = parse_config(plain, where=FILE) if isinstance(plain, dict) else None
    except (yaml.YAMLError, BadInput):
        config = None
    if config != meant:
        lines = "; ".join(key_line(key, value).strip() for key, value in wanted.items() if value is not None)
        raise BadInput(f"{FILE} was not changed, for its layout is unusual. Write into it by hand: {lines}")
    _write(file, text)
    return read_study(study.folder)


def _set(study: Study, key: str, wanted: list[str] | dict[str, str]) -> Study:
    file = study.folder / FILE
    try:
        text = with_value(file.read_text("utf-8-sig"), key, wanted)
        plain = yaml.safe_load(text)
        value = getattr(parse_config(plain, where=str(file)), key) if isinstance(plain, dict) else None
    except (yaml.YAMLError, BadInput):
        value = None
    if value is None or type(wanted)(value) != wanted:
        raise BadInput(
            f"{file} was not changed, for its layout is unusual. Add to it: {key_line(key, wanted).strip()}"
        )
    _write(file, text)
    return read_study(study.folder)


def _write(file: Path, text: str) -> None:
    """In one step: a crash leaves the old file or the new one."""
    beside = file.with_name(f".{file.name}.new")
    beside.unlink(missing_ok=True)  # no link that somebody laid there
    beside.write_text(text, "utf-8")
    beside.chmod(file.stat().st_mode)
    beside.replace(file)
