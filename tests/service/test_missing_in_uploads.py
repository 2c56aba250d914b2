"""What is missing or suspicious in files that were sent: counted by a rule that needs no page."""

from __future__ import annotations

from typing import Any

from annotations.study.config import StudyConfig
from service.bringing_in.missing import lacks, missing_in, slips_in, used_in

CONFIG = StudyConfig(name="s", waves=("1", "2"), cases={"Norrbäck": ("Acute ward",), "Carrick": ()})


def _speaker(label: str, turns: int, *, known: bool = True) -> dict[str, Any]:
    return {"label": label, "turns": turns, "known": known, "coded": True, "asks": False}


def _file(number: int = 1, **said: Any) -> dict[str, Any]:
    plain = {
        "number": number,
        "state": "new",
        "kind": "interview",
        "wave": "",
        "participant": "",
        "case": "",
        "site": "",
    }
    return {**plain, "look": [], "warnings": [], "speakers": [], **said}


def test_what_is_missing_is_counted_by_what_it_is() -> None:
    """Each once, with the files that it is about; what is there already is not counted."""
    files = [_file(1), _file(2, wave="1"), _file(3, state="already there")]
    said = missing_in(files, used_in(CONFIG, {}, files), CONFIG)
    assert [(word.what, word.said, word.files) for word in said] == [
        ("wave", "1 file has no wave", (1,)),
        ("participant", "2 files have no participant", (1, 2)),
        ("case", "2 files have no case", (1, 2)),
        ("site", "2 files have no site", (1, 2)),
    ]


def test_nobody_misses_what_the_study_does_not_use() -> None:
    """A study without waves, cases and sites asks for a participant alone, and for none of a document."""
    plain = StudyConfig(name="s")
    used = used_in(plain, {"wave": (), "case": (), "site": ()}, [_file()])
    assert lacks(_file(), used, plain) == ["participant"]
    assert lacks(_file(kind="document"), used, plain) == []
    # one file that has a wave makes the others lack it
    assert "wave" in used_in(plain, {}, [_file(), _file(2, wave="1")])


def test_a_case_without_sites_lacks_none() -> None:
    """It has none that could be said."""
    used = used_in(CONFIG, {}, [])
    assert "site" not in lacks(_file(case="Carrick"), used, CONFIG)
    assert "site" in lacks(_file(case="Norrbäck"), used, CONFIG)


def test_a_misspelt_speaker_is_told_from_another_person() -> None:
    """Two letters changed places; another number, a short name and a name that speaks as much are no slip."""
    speakers = [
        _speaker("Interviewer", 12),
        _speaker("Interveiwer", 1, known=False),
        _speaker("Marianne", 9),
        _speaker("Informant 1", 9),
        _speaker("Informant 2", 1, known=False),
        _speaker("Anna", 9),
        _speaker("Anne", 1, known=False),
        _speaker("Mariann", 8, known=False),
    ]
    file = _file(speakers=speakers, look=["speaks once: Interveiwer"])
    assert slips_in(file, CONFIG) == {"Interveiwer": "Interviewer"}
    said = {word.what: word.said for word in missing_in([file], frozenset(), CONFIG)}
    assert said["slip"] == "1 file has a speaker who is probably misspelt: “Interveiwer” (“Interviewer”?)"
    assert said["role"].startswith("3 speakers: nobody has said")
    assert "look" not in said
