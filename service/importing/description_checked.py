"""What a form says of a transcript, each field by itself: what is wrong stands beside the field that it is about."""

from __future__ import annotations

from collections.abc import Mapping

from annotations.errors import BadInput
from annotations.names import folded
from annotations.readers.description import Description, places_of
from annotations.study.config import StudyConfig

_HERE = "here"


class DescriptionFaults(BadInput):
    """What is wrong in a form that describes a transcript. ``fields``: a sentence by the field it is about."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("\n".join(self.fields.values()))


def checked_description(given: Mapping[str, str], config: StudyConfig) -> Description:
    """What these fields say, in the spelling of study.yaml where it lists cases, sites and waves.

    Raises DescriptionFaults with every field that cannot be meant.
    """
    faults: dict[str, str] = {}
    for name, value in given.items():
        try:
            places_of(Description.of({name: value}, _HERE), config, _HERE)
        except BadInput as error:
            faults[name] = _of_field(str(error))
    if not faults:
        try:
            # a site that is none of the case's
            places_of(Description.of(given, _HERE), config, _HERE)
        except BadInput as error:
            faults["site"] = _of_field(str(error))
    unlisted = _unlisted_sites(given.get("visible_to", ""), config)
    if unlisted:
        faults["visible_to"] = unlisted
    if faults:
        raise DescriptionFaults(faults)
    return Description.of(given, _HERE)


def listed_sites(config: StudyConfig) -> tuple[str, ...]:
    """The sites of all cases, each once."""
    return tuple(dict.fromkeys(site for its in config.cases.values() for site in its))


def _unlisted_sites(given: str, config: StudyConfig) -> str:
    listed = listed_sites(config)
    known = {folded(site) for site in listed}
    said = Description.of({"visible_to": given}, _HERE).visible_to or ()
    strangers = [site for site in said if known and folded(site) not in known]
    if not strangers:
        return ""
    return f'The site "{strangers[0]}" is not in study.yaml. Listed: {", ".join(listed)}.'


def _of_field(sentence: str) -> str:
    plain = sentence.removeprefix(f"{_HERE}: ").removeprefix(f"{_HERE}, ")
    return plain[:1].upper() + plain[1:]
