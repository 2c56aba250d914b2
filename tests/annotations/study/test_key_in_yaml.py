"""Every key of a study.yaml can be changed, however it stands there, and the comments stay."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import annotations
from annotations.study.config import StudyConfig, parse_config, read_study
from annotations.study.key_in_yaml import with_value, without
from annotations.study.list_in_file import set_values
from service.new_study import make_study

_SAMPLE = (Path(annotations.__file__).parent / "sample_study" / "study.yaml").read_text("utf-8")
_BY_HAND = """\
# ours, since spring
name: "A study: with a colon"  # as in the application
"time_zone": Europe/Stockholm
language: 'en'   # most of them
cases:   # the three

  Carrick:  # the first
    - North clinic   # not # "this"
    # closed in May
    - South clinic

# who takes part
participant_pattern: >-
  (?P<participant>
  [A-Z]{3})
waves: ["1",  # spring
  "2"]
consents: {may_train: true,
  may_quote: false}
# the end
"""
_OTHER: dict[str, Any] = {
    "name": "My study",
    "time_zone": "Europe/Oslo",
    "language": "sv",
    "cases": {"Lund": ["Ward: one", "# two"], "Umeå": []},
    "waves": ["1", "no", "2026-03-01"],
    "participant_pattern": r"(?P<participant>\d+)#: '\"",
    "file_pattern": r"wave(?P<wave>\d)/(?P<case>[^/]+)/",
    "coders": [{"name": "Ada", "aliases": ["AL"], "email": "ada@example.org"}, {"name": "Ben"}],
    "interviewers": ["Anna", "yes", "- Bo"],
    "participant_speakers": ["Cy"],
    "same_speakers": {"Interveiwer": "Interviewer"},
    "no_speakers": ["*-note.txt"],
    "unlabelled_participant": ["notes/"],
    "segmentation": {"unit": "sentence", "max_words": 40},
    "embedder": {"fine_tune": True},
    "classifier": "linear svm",
    "aim": {"precision": 0.7, "least_precision": 0.2},
    "consents": {"may_train": False, "may_quote": True},
    "label_studio": {"url": "http://127.0.0.1:8080"},
    "service": {"url": "http://127.0.0.1:8430"},
    "codings_columns": {"quote": "Segment"},
    "retrain": {"after": None},
    "backup": {"nightly": "02:30", "keep": 3},
    "margin": 0.2,
    "database": "postgresql://db.example.org/study",
    "precoding": {"engine": "ray"},
}


def _comments(text: str) -> list[str]:
    words = [(token.start_mark.index, token.end_mark.index) for token in yaml.scan(text)]
    between, at = [], 0
    for start, end in words:
        between.append(text[at:start])
        at = max(at, end)
    return sorted(re.findall("#.*", "\n".join([*between, text[at:]])))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """study.yaml as "tandem init" and "tandem demo" write it, as the sample has it, and as people write it."""
    folder = tmp_path_factory.mktemp("written")
    make_study(folder / "init", codebook="common-framework", config={"name": "S" * 80})
    make_study(folder / "demo", codebook="common-framework", config=yaml.safe_load(_SAMPLE))
    texts = {name: (folder / name / "study.yaml").read_text("utf-8") for name in ("init", "demo")}
    return {**texts, "sample": _SAMPLE, "by hand": _BY_HAND}


def test_every_key_has_another_value() -> None:
    """A new key of study.yaml is one of those that are tried."""
    assert set(_OTHER) == set(StudyConfig.model_fields)


@pytest.mark.parametrize("key", sorted(_OTHER))
@pytest.mark.parametrize("which", ["init", "demo", "sample", "by hand"])
def test_each_key_is_changed_and_all_else_stays(
    written: dict[str, str], which: str, key: str, tmp_path: Path
) -> None:
    """It is read back as it was given, the other keys mean what they meant, and no comment is lost."""
    file = tmp_path / "study.yaml"
    file.write_text(written[which], "utf-8")
    before = yaml.safe_load(written[which])
    study = set_values(read_study(tmp_path), {key: _OTHER[key]})
    assert study.config == parse_config({**before, key: _OTHER[key]})
    after = file.read_text("utf-8")
    assert yaml.safe_load(after) == {**before, key: _OTHER[key]}
    assert _comments(after) == _comments(written[which])
    if key != "name":
        set_values(study, {key: None})
        assert yaml.safe_load(file.read_text("utf-8")) == {k: v for k, v in before.items() if k != key}
        assert _comments(file.read_text("utf-8")) == _comments(written[which])


# PyYAML itself does not read every line end of Unicode back from a key; what was written is compared before it is kept
_TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=100, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcd"), _VALUES, min_size=1),
    st.sampled_from("abcde"),
    _VALUES,
    st.data(),
)
@pytest.mark.slow
def test_any_value_goes_in_and_out(plain: dict[str, Any], key: str, value: Any, data: st.DataObject) -> None:
    """However the others are laid out: nothing else changes its meaning."""
    style = data.draw(st.sampled_from([None, False]))
    dumped = "".join(
        yaml.safe_dump({one: its}, default_flow_style=style if isinstance(its, list | dict) else False,
                       width=data.draw(st.sampled_from([10, 80]))) + data.draw(st.sampled_from(["", "\n", "# here\n"]))
        for one, its in plain.items()
    )  # fmt: skip
    into = with_value(dumped, key, value)
    assert yaml.safe_load(into) == {**plain, key: value}
    assert ((without(into, key) and yaml.safe_load(without(into, key))) or {}) == {
        one: its for one, its in plain.items() if one != key
    }
    assert into.count("# here") >= dumped.count("# here")
