"""The settings: what cannot be meant is told at its own field, at the top of the page too, and nothing is written."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
import yaml
from lead_in_browser import Lead, a_study, settings_form

from annotations.study.config import StudyConfig, read_study
from service.web.workbench.settings_form import field_of, fields_of

# a value of each field that cannot be meant, and what is said of it
_WRONG = [
    ("name", "", "It must not be empty."),
    ("name", "S" * 81, "It must have at most 80 characters"),
    ("language", "english", 'The language "english" is not known; write two letters'),
    ("time_zone", "Mars/Olympus", '"Mars/Olympus" is no time zone'),
    ("waves", "1\n" + "w" * 300, "a name has at most 200"),
    ("cases", ": North clinic", '"" is empty'),
    ("cases", "Carrick: North\ncarrick: South", 'The case "carrick" stands there twice.'),
    ("coders", "Ada; A; a@b.org; more", "A line is a name"),
    ("coders", "Ada\nada", "names both"),
    ("interviewers", "Ada\nBo", 'The speaker "Bo" is among those who ask and those who answer'),
    ("participant_speakers", "Interviewer", 'The speaker "Interviewer" is among those who ask'),
    ("no_speakers", "n.txt", 'The file "n.txt" is among those without speakers and those'),
    (
        "unlabelled_participant",
        "notes/\nn.txt",
        'The file "notes/" is among those without speakers and those',
    ),
    ("participant_pattern", "([", "It is no regular expression"),
    ("file_pattern", "(", "It is no regular expression"),
    ("codings_columns", "quote", "A line is our name and yours"),
    ("codings_columns", "colour: Colour", 'The column "colour" is none of ours.'),
    ("same_speakers", "Interveiwer", "A line is a label and who is meant"),
    ("same_speakers", ": Interviewer", "A line is a label and who is meant"),
    ("same_speakers", "Bo: Ada\nbo: Cy", 'The label "bo" stands there twice.'),
    (
        "same_speakers",
        "Bo: Ada\nAda: Cy",
        'It says that "Bo" is "Ada", which is said to be somebody else itself',
    ),
    ("unit", "page", "It must be one of 'turn', 'passage' or 'sentence' (found \"page\")."),
    ("max_words", "-3", "It must be 5 or more (found -3)."),
    ("max_words", "many", 'It must be a whole number (found "many").'),
    ("max_words", "9" * 400, "It must be 9,999,999 or less"),
    ("precision", "30", "It must be 0.99 or less (found 30)."),
    ("least_precision", "30", "It must be 0.99 or less (found 30)."),
    ("least_precision", "nan", "It must be"),
    ("margin", "a lot", "It must be a number such as 0.7"),
    ("margin", "0", "It must be more than 0 (found 0)."),
    ("retrain_after", "-3", "It must be 1 or more (found -3)."),
    ("nightly", "25:99", "It is no time of the day"),
    ("keep", "0", "It must be 1 or more (found 0)."),
]


@pytest.fixture(scope="module")
def lead(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lead]:
    """A lead's browser on an empty study, of which only the last two tests write anything."""
    parts = a_study(
        tmp_path_factory.mktemp("settings"),
        participant_speakers=["Bo"],
        no_speakers=["notes/"],
        unlabelled_participant=["n.txt"],
    )
    yield Lead(parts)
    parts.close()


def _errors(page: str) -> dict[str, str]:
    """What stands at each field."""
    marked = re.findall(r'<p class="error" id="(\w+)-error">(.*?)</p>', page)
    return {name: html.unescape(said) for name, said in marked}


@pytest.mark.parametrize(("name", "value", "said"), _WRONG)
def test_what_cannot_be_meant_is_told_at_its_field(lead: Lead, name: str, value: str, said: str) -> None:
    """At this one alone, with what was typed kept and a link to it at the top, and nothing is written."""
    before = (lead.parts.study.folder / "study.yaml").read_bytes()
    page = lead.post("/settings", settings_form(lead, **{name: value}))
    assert page.status_code == 422
    errors = _errors(page.text)
    assert list(errors) == [name]
    assert said in errors[name]
    assert "Nothing was saved: 1 field needs mending." in page.text
    assert page.text.index(f'<a href="#{name}">') < page.text.index("<h2>")
    assert value in html.unescape(page.text)
    assert (lead.parts.study.folder / "study.yaml").read_bytes() == before


def test_every_field_has_a_value_that_cannot_be_meant() -> None:
    """But those that are ticked or not: nothing else can be sent of them that is not refused as a form."""
    fields = set(fields_of(StudyConfig(name="S")))
    assert {name for name, _, _ in _WRONG} == fields - {"may_train", "may_quote", "fine_tune"}


def test_each_field_says_which_key_of_study_yaml_it_is() -> None:
    """What stands in study.yaml and not in the form is told above it."""
    assert field_of(("coders", 1, "name")) == "coders"
    assert field_of(("segmentation", "max_words")) == "max_words"
    assert field_of(("segmentation", "pipeline")) == field_of(("database",)) == ""


def test_all_that_is_wrong_is_told_at_once(lead: Lead) -> None:
    """Words that mean nothing, values that may not be, and what contradicts the study; the focus goes to what is told."""
    wrong = {name: value for name, value, _ in _WRONG if name not in ("interviewers", "no_speakers")}
    page = lead.post("/settings", settings_form(lead, **wrong)).text
    assert list(dict.fromkeys(_errors(page))) == list(_errors(page))
    assert set(_errors(page)) == set(wrong)
    assert f"Nothing was saved: {len(wrong)} fields need mending." in page
    assert re.search(r'role="alert" tabindex="-1" autofocus', page)
    assert '<a href="#max_words">Most words of a passage</a>' in page


@pytest.mark.slow
def test_what_the_form_shows_can_be_changed_and_read_back(lead: Lead) -> None:
    """Each field, one at a time, in the file that "tandem init" wrote; the page shows it as it was typed."""
    other = {
        "name": "My study", "language": "sv", "time_zone": "Europe/Oslo", "waves": "1\n2\n3",
        "cases": "Lund: Ward\nUmeå", "coders": "Ada; AL, A; ada@example.org\nBen; ; ben@example.org",
        "interviewers": "Anna\nI", "participant_speakers": "Cy", "no_speakers": "*-note.txt",
        "unlabelled_participant": "folder/", "participant_pattern": r"(?P<participant>\d+)",
        "file_pattern": r"wave(?P<wave>\d)/", "codings_columns": "quote: Segment", "max_words": "40",
        "same_speakers": "Interveiwer: Interviewer\nRm 2: Bo: Bo",
        "precision": "0.7", "least_precision": "0.2", "margin": "0.2", "retrain_after": "50", "nightly": "02:30",
        "keep": "3", "unit": "sentence", "may_quote": "yes", "fine_tune": "yes",
    }  # fmt: skip
    before = fields_of(lead.parts.study.config)
    assert set(other) == set(before) - {"may_train"}
    form = {name: value for name, value in before.items() if value}
    for name, value in other.items():
        form[name] = value
        assert lead.post("/settings", form).status_code == 200, name
        assert fields_of(read_study(lead.parts.study.folder).config)[name] == value
    form.pop("may_train")
    assert lead.post("/settings", form).status_code == 200
    assert fields_of(read_study(lead.parts.study.folder).config) == {**before, **other, "may_train": ""}
    assert yaml.safe_load((lead.parts.study.folder / "study.yaml").read_text())["margin"] == 0.2


@pytest.mark.slow
def test_a_form_of_before_puts_nothing_back(lead: Lead) -> None:
    """What was changed elsewhere since it was opened is told beside its field; saved again, what was typed holds."""
    before = fields_of(read_study(lead.parts.study.folder).config)
    form = {name: value for name, value in before.items() if value}
    seen = re.findall(r'name="seen" value="(\w+)"', lead.get("/settings").text)
    old = form | {"waves": "1\n2\n7", "seen": seen[0]}
    assert lead.post("/settings", form | {"coders": "Ada\nEva", "seen": seen[0]}).status_code == 200
    refused = lead.post("/settings", old)
    assert refused.status_code == 422
    assert "The settings were changed elsewhere since you opened this page" in refused.text
    errors = _errors(refused.text)
    assert errors["coders"] == "By now it stands there so: Ada / Eva"
    assert "1\n2\n7" in html.unescape(refused.text)
    config = read_study(lead.parts.study.folder).config
    assert ([coder.name for coder in config.coders], "7" in config.waves) == (["Ada", "Eva"], False)
    now = re.findall(r'name="seen" value="(\w+)"', refused.text)
    assert now != seen
    assert lead.post("/settings", old | {"seen": now[0], "coders": "Ada\nEva"}).status_code == 200
    config = read_study(lead.parts.study.folder).config
    assert ([coder.name for coder in config.coders], "7" in config.waves) == (["Ada", "Eva"], True)
