"""One list of study.yaml is changed, and nothing else in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.errors import BadInput
from annotations.study.config import INTERVIEWERS, read_study
from annotations.study.list_in_file import add_to_list


def _study(folder: Path, text: str) -> Path:
    (folder / "study.yaml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name: S", "name: S\nparticipant_speakers: [Bo]\n"),
        (
            "name: S\nparticipant_speakers: [Al]  # them\nwaves: ['1']\n",
            "name: S\nparticipant_speakers: [Al, Bo]  # them\nwaves: ['1']\n",
        ),
        (
            "participant_speakers:\n  # who\n  - Al\nname: S\n",
            "# who\nparticipant_speakers: [Al, Bo]\nname: S\n",
        ),
        (
            "participant_speakers:\n- Al\n- Cy\n\n# end\nname: S\n",
            "participant_speakers: [Al, Cy, Bo]\n\n# end\nname: S\n",
        ),
        ("participant_speakers: [Al,\n  Cy]\nname: S\n", "participant_speakers: [Al, Cy, Bo]\nname: S\n"),
        ("name: S\nparticipant_speakers: [bo]\n", "name: S\nparticipant_speakers: [bo]\n"),
    ],
)
def test_only_the_list_is_changed(tmp_path: Path, before: str, after: str) -> None:
    """In every way in which YAML writes a list; comments and other keys stay."""
    study = add_to_list(read_study(_study(tmp_path, before)), "participant_speakers", ["Bo"])
    assert (tmp_path / "study.yaml").read_text("utf-8") == after
    assert study.config.participant_speakers[-1].casefold() == "bo"


def test_what_holds_by_default_still_holds(tmp_path: Path) -> None:
    """An interviewer that is added joins those that every study has."""
    study = add_to_list(read_study(_study(tmp_path, "name: S\n")), "interviewers", ["Anna"])
    assert study.config.interviewers == (*INTERVIEWERS, "Anna")


def test_an_unusual_layout_is_left_alone(tmp_path: Path) -> None:
    """A file that cannot be changed safely is not changed, and the line to add is told."""
    text = "{name: S, participant_speakers: [Al]}\n"
    with pytest.raises(BadInput, match=r"Add to it: participant_speakers: \[Al, Bo\]"):
        add_to_list(read_study(_study(tmp_path, text)), "participant_speakers", ["Bo"])
    assert (tmp_path / "study.yaml").read_text("utf-8") == text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20), min_size=1, max_size=5
    )
)
@pytest.mark.slow
def test_any_label_is_kept_as_it_is(tmp_path: Path, labels: list[str]) -> None:
    """Colons, brackets, quotes and dashes in a label mean nothing to the file."""
    study = add_to_list(read_study(_study(tmp_path, "name: S\n")), "participant_speakers", labels)
    wanted: dict[str, str] = {}
    for label in labels:
        wanted.setdefault(label, label)
    assert list(study.config.participant_speakers) == list(wanted)
