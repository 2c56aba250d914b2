"""Where a transcript belongs: who says so, whose word counts, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotations.errors import BadInput
from annotations.readers.description import Description, describe, read_manifest
from annotations.readers.reading import read_transcripts
from annotations.study.config import parse_config
from annotations.transcript import Kind

CONFIG = parse_config(
    {
        "name": "S",
        "cases": {"ESTHER": ["North", "South"], "OTHER": []},
        "waves": ["1", "2"],
        "participant_pattern": r"(?P<site>North|South)-(?P<participant>[A-Z]+-\d+)",
    }
)


def _read(folder: Path, name: str = "North-JKG-01.txt"):  # type: ignore[no-untyped-def]
    file = folder / name
    file.write_text("Interviewer: So?\nXYZ-9: So.\n", "utf-8")
    (read,) = read_transcripts(file, interviewers=CONFIG.interviewers)
    return read


def _manifest(folder: Path, *lines: str) -> Path:
    file = folder / "manifest.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def test_the_file_name_s_pattern_says_where_it_belongs(tmp_path: Path) -> None:
    """The pattern's named groups are taken; the site's case follows; the speaker is not asked."""
    found = describe(_read(tmp_path), options=Description(), manifest=None, config=CONFIG)
    assert (found.site, found.case, found.participant) == ("North", "ESTHER", "JKG-01")


def test_without_a_pattern_the_only_participant_s_code_is_taken(tmp_path: Path) -> None:
    """A label such as XYZ-9 is a code; a label such as "Client" is nobody's."""
    plain = parse_config({"name": "S"})
    assert (
        describe(_read(tmp_path), options=Description(), manifest=None, config=plain).participant == "XYZ-9"
    )
    file = tmp_path / "c.txt"
    file.write_text("Interviewer: So?\nClient: So.\n", "utf-8")
    (read,) = read_transcripts(file, interviewers=plain.interviewers)
    assert describe(read, options=Description(), manifest=None, config=plain).participant == ""


def test_options_are_stronger_than_the_manifest_and_that_than_the_name(tmp_path: Path) -> None:
    """Each source fills in what stronger ones leave open."""
    read = _read(tmp_path)
    manifest = read_manifest(
        _manifest(
            tmp_path,
            "file,site,wave,kind,participant,may_quote,date",
            "North-JKG-01.txt,South,1,field note,ABC-2,yes,2026-03-01",
        )
    )
    found = describe(read, options=Description(wave="2"), manifest=manifest, config=CONFIG)
    assert (found.wave, found.site, found.participant) == ("2", "South", "ABC-2")
    assert found.kind is Kind.FIELD_NOTE
    assert found.consents.may_quote
    assert str(found.date) == "2026-03-01"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"case": "ESTER"}, '"ESTHER"'),
        ({"site": "Nort"}, '"North"'),
        ({"wave": "3"}, "Listed: 1, 2"),
        ({"case": "OTHER", "site": "North"}, None),
        ({"case": "ESTHER", "site": "North"}, None),
    ],
)
def test_what_study_yaml_does_not_list_is_refused(
    tmp_path: Path, options: dict[str, str], said: str | None
) -> None:
    """Where cases, sites and waves are listed, others are slips; the nearest is offered."""
    given = Description.from_options(options)
    if said is None:
        assert describe(_read(tmp_path), options=given, manifest=None, config=CONFIG).case == options["case"]
        return
    with pytest.raises(BadInput) as caught:
        describe(_read(tmp_path), options=given, manifest=None, config=CONFIG)
    assert said in str(caught.value)


def test_a_site_of_another_case_is_refused(tmp_path: Path) -> None:
    """A site that the case does not have is a slip in one of them."""
    config = parse_config({"name": "S", "cases": {"A": ["North"], "B": ["West"]}})
    with pytest.raises(BadInput, match="not one of the case"):
        describe(_read(tmp_path), options=Description(case="B", site="North"), manifest=None, config=config)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("kind", "memo", "interview, document, field note"),
        ("language", "swedish?", "two letters"),
        ("date", "1 March", "2026-03-01"),
        ("may_train", "maybe", "yes or no"),
    ],
)
def test_a_word_that_is_none_is_refused(key: str, value: str, said: str) -> None:
    """The key, what was found and what is allowed."""
    with pytest.raises(BadInput) as caught:
        Description.of({key: value}, "row 2")
    assert value in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("../secret.txt,1", "no path within the folder"),
        ("/etc/passwd,1", "no path within the folder"),
        ("..\\secret.txt,1", "no path within the folder"),
        (",1", "empty"),
    ],
)
def test_a_manifest_s_rows_stay_in_its_folder(tmp_path: Path, row: str, said: str) -> None:
    """A path out of the folder, or none, names the file and the row."""
    with pytest.raises(BadInput) as caught:
        read_manifest(_manifest(tmp_path, "file,wave", "a.txt,1", row))
    assert "manifest.csv, row 3" in str(caught.value)
    assert said in str(caught.value)


def test_a_manifest_with_a_file_twice_or_a_misspelt_column(tmp_path: Path) -> None:
    """Which row would hold? And a misspelt column would be lost in silence."""
    with pytest.raises(BadInput, match="listed twice"):
        read_manifest(_manifest(tmp_path, "file,wave", "a.txt,1", "./a.txt,2"))
    with pytest.raises(BadInput, match=r'"wav" is not known\. Did you mean "wave"'):
        read_manifest(_manifest(tmp_path, "file,wav", "a.txt,1"))
