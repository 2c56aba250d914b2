"""What study.yaml may say, and how what it may not say is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from annotations.errors import BadInput, NoStudy
from annotations.study.config import find_study, parse_config, read_study


def test_only_a_name_is_needed() -> None:
    """Everything else has a default that holds for most studies."""
    config = parse_config({"name": "S"})
    assert "Interviewer" in config.interviewers
    assert (config.segmentation.unit, config.embedder.model) == ("turn", "shipped")
    assert config.segmentation_used.pipeline == "rules:en"
    assert not config.consents.may_quote


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "S", "segmentaton": {}}, '"segmentation"'),
        ({"name": "S", "segmentation": {"unit": "chapter"}}, "turn"),
        ({"name": "S", "segmentation": {"units": "turn"}}, '"unit"'),
        ({"name": "S", "segmentation": {"max_words": 0}}, "max_words"),
        ({"name": "S", "time_zone": "Mars/Olympus"}, "Europe/Stockholm"),
        ({"name": "S", "participant_pattern": "(unclosed"}, "regular expression"),
        (
            {"name": "S", "coders": [{"name": "Ada", "aliases": ["X"]}, {"name": "Bo", "aliases": ["x"]}]},
            "both",
        ),
        ({"name": "S", "coders": ["Ada"]}, "coders"),
        ({"name": "S", "waves": "1"}, "waves"),
    ],
)
def test_a_key_that_cannot_be_used(plain: dict[str, object], said: str) -> None:
    """The key is named, with the nearest known one or what is allowed."""
    with pytest.raises(BadInput, match=r"study\.yaml") as caught:
        parse_config(plain)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"name: [", b"- a\n- b\n", b"", b"\xff\xfe\x00", b"name: !!python/object:os.system x"]
)
def test_a_file_that_is_no_study_yaml(tmp_path: Path, content: bytes) -> None:
    """Broken YAML, a list, nothing, bytes, an object to be made: a sentence that names the file."""
    (tmp_path / "study.yaml").write_bytes(content)
    with pytest.raises(BadInput, match=r"study\.yaml"):
        read_study(tmp_path)


def test_the_nearest_study_upwards_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command works from any folder within the study, and says so where there is none."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    with pytest.raises(NoStudy, match="tandem init"):
        find_study()
    (tmp_path / "study.yaml").write_text("name: Åse’s study\n", "utf-8")
    assert find_study().config.name == "Åse’s study"
    assert find_study().folder == tmp_path.resolve()


def test_where_the_service_is_can_be_said() -> None:
    """An address, or nothing; anything else is refused with an example."""
    assert parse_config({"name": "S"}).service.url is None
    given = parse_config({"name": "S", "service": {"url": "https://tandem.example.org/one"}})
    assert given.service.url == "https://tandem.example.org/one"
    with pytest.raises(BadInput, match=r"http://127\.0\.0\.1:8430"):
        parse_config({"name": "S", "service": {"url": "127.0.0.1:8430"}})


def test_the_margin_is_a_tenth_unless_set_beforehand() -> None:
    """It is a positive number up to a half; anything else is refused with what was found."""
    assert parse_config({"name": "A"}).margin == 0.1
    assert parse_config({"name": "A", "margin": 0.05}).margin == 0.05
    with pytest.raises(BadInput, match=r"margin.*found 0"):
        parse_config({"name": "A", "margin": 0})


def test_what_suggestions_are_for_can_be_said() -> None:
    """The best F1 unless a precision is given; anything else is refused with what is allowed."""
    assert parse_config({"name": "S"}).aim.precision is None
    assert parse_config({"name": "S", "aim": "best f1"}).aim.precision is None
    assert parse_config({"name": "S", "aim": {"precision": 0.7}}).aim.precision == 0.7
    with pytest.raises(BadInput, match="best f1"):
        parse_config({"name": "S", "aim": "precision 0.7"})
    with pytest.raises(BadInput, match=r"aim\.precision"):
        parse_config({"name": "S", "aim": {"precision": 7}})


def test_a_study_file_with_tricks_is_refused(tmp_path: Path) -> None:
    """Aliases unfold to any size; of a consent that stands twice nobody could say which holds."""
    bomb = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]\n" for n in range(12))
    twice = "name: S\nconsents: {may_quote: false, may_quote: true}\n"
    for text, said in (
        (f"{bomb}name: *a11\n", "line 2: YAML aliases"),
        (twice, 'line 2: the key "may_quote" stands there twice'),
        ("name: S\nname: T\n", 'line 2: the key "name" stands there twice'),
        ("name: S\n# " + "x" * 1_000_000, "1,000,000 characters"),
    ):
        (tmp_path / "study.yaml").write_text(text, "utf-8")
        with pytest.raises(BadInput, match=re.escape(said)):
            read_study(tmp_path)


def test_a_fault_repeats_no_more_than_a_little(tmp_path: Path) -> None:
    """What was found is named, however long it is."""
    (tmp_path / "study.yaml").write_text(f"name: [{'x, ' * 5000}x]\n", "utf-8")
    with pytest.raises(BadInput) as caught:
        read_study(tmp_path)
    assert len(str(caught.value)) < 400
