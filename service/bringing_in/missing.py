"""What nobody has said yet of transcripts that were sent, and what in them is probably a slip: pure, from a look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.study.config import StudyConfig
from annotations.transcript import Kind

WHAT = ("wave", "participant", "case", "site")
# shorter names differ by one letter and are two people: Karin and Karim
_LEAST_SIGNS, _ALIKE = 5, 0.85


@dataclass(frozen=True, slots=True)
class MissingWord:
    """One thing that is missing or looks wrong. ``what``: "wave", "participant", "case", "site", "role", "slip" or
    "look"; ``said``: in words; ``files``: the numbers of the files that it is about.
    """

    what: str
    said: str
    files: tuple[int, ...]


def used_in(
    config: StudyConfig, places: Mapping[str, Sequence[str]], files: Iterable[Mapping[str, Any]]
) -> frozenset[str]:
    """Which of wave, participant, case and site this study tells its transcripts apart by.

    One that neither study.yaml lists nor any transcript names is missed by nobody; a participant always is.
    """
    listed = {
        "wave": config.waves,
        "case": config.cases,
        "site": [its for its in config.cases.values() if its],
    }
    there = list(files)
    return frozenset(
        what
        for what in WHAT
        if what == "participant"
        or listed.get(what)
        or places.get(what)
        or any(file_plain[what] for file_plain in there)
    )


def lacks(file_plain: Mapping[str, Any], used: frozenset[str], config: StudyConfig) -> list[str]:
    """What nobody has said of a transcript: of ``used``, what it lacks. A document has no participant."""
    missing = [what for what in WHAT if what in used and not file_plain[what]]
    if file_plain["kind"] != Kind.INTERVIEW and "participant" in missing:
        missing.remove("participant")
    if "site" in missing and file_plain["case"] in config.cases and not config.cases[file_plain["case"]]:
        missing.remove("site")
    return missing


def slips_in(file_plain: Mapping[str, Any], config: StudyConfig) -> dict[str, str]:
    """Speakers of a transcript whose label is probably another one misspelt, and which one is meant."""
    speakers = [speaker for speaker in file_plain["speakers"] if speaker["label"]]
    slips = {}
    for speaker in speakers:
        if speaker["known"] or speaker["label"] in slips:
            continue
        more = [
            other["label"]
            for other in speakers
            if other["label"] != speaker["label"] and other["turns"] >= 3 * speaker["turns"]
        ]
        meant = next(
            (name for name in (*more, *config.interviewers) if _is_slip_of(speaker["label"], name)), None
        )
        if meant is not None:
            slips[speaker["label"]] = meant
    return slips


def _is_slip_of(label: str, name: str) -> bool:
    spelt, meant = folded(label), folded(name)
    if spelt == meant or min(len(spelt), len(meant)) < _LEAST_SIGNS:
        return False
    if re.findall(r"\d", spelt) != re.findall(r"\d", meant):
        return False  # codes of two people
    return SequenceMatcher(None, spelt, meant, autojunk=False).ratio() >= _ALIKE


def missing_in(
    files: Sequence[Mapping[str, Any]], used: frozenset[str], config: StudyConfig
) -> list[MissingWord]:
    """What is missing or suspicious in all that would come in new, each thing once with how many files it is about."""
    new = [file_plain for file_plain in files if file_plain["state"] != "already there"]
    said = []
    for what in WHAT:
        its = tuple(file_plain["number"] for file_plain in new if what in lacks(file_plain, used, config))
        if its:
            said.append(MissingWord(what, f"{counted(len(its), 'file has', 'files have')} no {what}", its))
    slips = {file_plain["number"]: slips_in(file_plain, config) for file_plain in new}
    misspelt = tuple(number for number, its in slips.items() if its)
    if misspelt:
        named = dict(pair for its in slips.values() for pair in its.items())
        shown = ", ".join(f"“{label}” (“{meant}”?)" for label, meant in list(named.items())[:4])
        has = counted(len(misspelt), "file has", "files have")
        said.append(MissingWord("slip", f"{has} a speaker who is probably misspelt: {shown}", misspelt))
    asked = {
        file_plain["number"]: [
            speaker["label"]
            for speaker in file_plain["speakers"]
            if not speaker["known"] and speaker["label"] not in slips[file_plain["number"]]
        ]
        for file_plain in new
    }
    unsaid = tuple(number for number, labels in asked.items() if labels)
    if unsaid:
        many = len({folded(label) for labels in asked.values() for label in labels})
        words = f"{counted(many, 'speaker')}: nobody has said whether they ask, and until then they answer"
        said.append(MissingWord("role", words, unsaid))
    looks = tuple(
        file_plain["number"]
        for file_plain in new
        if file_plain["look"] and not (slips[file_plain["number"]] and only_once(file_plain))
    )
    if looks:
        said.append(
            MissingWord("look", f"{counted(len(looks), 'file is', 'files are')} to be looked at", looks)
        )
    return said


def only_once(file_plain: Mapping[str, Any]) -> bool:
    """Is the one thing to look at in a transcript that somebody speaks once?"""
    return len(file_plain["look"]) == 1 and file_plain["look"][0].startswith("speaks once")
