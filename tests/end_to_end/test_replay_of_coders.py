"""What experts really decided, made again in the real Label Studio while everything around it fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from experts_at_work import Replay
from experts_study import made_of, passes

from annotations.label_studio import read_answers as label_studio_answers
from service.label_studio.local import Access, LocalLabelStudio

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]


@pytest.fixture
def replay(
    shared_data: Path,
    tmp_path: Path,
    local: LocalLabelStudio,
    label_studio: Access,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Replay]:
    """The three shortest sessions of wave 2; what a replay changes of how pulls read is put back."""
    monkeypatch.setattr(label_studio_answers, "PAGE", label_studio_answers.PAGE)
    source = made_of(shared_data, tmp_path / "annomi")
    made = Replay(tmp_path, local, label_studio, source, passes(source / "answers.csv", 3))
    yield made
    made.close()


def test_the_experts_codings_arrive_whatever_fails(replay: Replay) -> None:
    """Webhooks are lost, doubled and late, the service is killed, Label Studio stops in a push and in a pull."""
    found = replay.run(kills=2, cuts=1)
    assert found["annotations"] == found["reviews"] == len(replay.said)
    assert (found["missing"], found["not_said"], found["doubled"]) == (0, 0, 0)
    assert found["equal_to_label_studio"]
    assert (found["conditions_wrong"], found["shown_on_blind_tasks"]) == (0, 0)
    assert set(found["conditions"]) == {"assisted", "independent"}
    assert set(found["origins"]) == {"manual", "prediction", "prediction-changed"}
    faults = found["faults"]
    assert (faults["services_killed"], faults["pulls_cut_off"], faults["pushes_cut_off"]) == (2, 1, 2)
    assert min(faults[f"webhooks_{what}"] for what in ("lost", "doubled", "late")) > 0
    assert found["second_pull_changes"] == 0
