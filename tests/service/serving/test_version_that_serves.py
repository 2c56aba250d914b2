"""Which version serves: promoting and going back by hand, and files that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from study_to_train import another_recipe, judges_of, more_interviews, turn_round, versions, worker_trains

from annotations.errors import BadInput, TandemError
from annotations.store.jobs import all_jobs
from annotations.store.label_studio_projects import add_project
from annotations.store.model_versions import (
    champion,
    previous_champion,
    serving_history,
)
from annotations.store.transcripts import all_transcripts
from service.composition import Parts
from service.looking.wave_progress import progress_of
from service.serving.precode import precode
from service.serving.promote_by_hand import promote_by_hand, roll_back
from service.serving.train_and_evaluate import train

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]


def test_a_person_promotes_and_goes_back(trained_parts: Parts, tmp_path: Path) -> None:
    """Name and reason are kept; what serves already, or cannot, is refused; waves in Label Studio are renewed."""
    with pytest.raises(BadInput, match="no other version"):
        roll_back(trained_parts, by="Ada Lind", reason="odd")
    train(trained_parts, force=True)
    with trained_parts.store.writing() as connection:
        add_project(connection, url="http://127.0.0.1:9", project_id=1, title="S", coder=None, wave="1")
    with pytest.raises(BadInput, match="serves already"):
        promote_by_hand(trained_parts, "v2", by="Ada Lind", reason="odd")
    with pytest.raises(BadInput, match="--reason is empty"):
        roll_back(trained_parts, by="Ada Lind", reason=" ")
    assert roll_back(trained_parts, by="Ada Lind", reason="it suggests Money everywhere").version == "v1"
    with trained_parts.store.reading() as connection:
        serving = champion(connection)
        before = previous_champion(connection)
        assert serving is not None
        assert before is not None
        assert (serving.model.version, before.version) == ("v1", "v2")
        assert (serving.by, serving.reason) == ("Ada Lind", "it suggests Money everywhere")
        assert [job.kind for job in all_jobs(connection)] == ["renew"]
    book = trained_parts.study.codebook_file
    book.write_text(book.read_text("utf-8").replace("Who does it", "Whoever"), "utf-8")
    del trained_parts.__dict__["codebook"]
    with pytest.raises(BadInput, match="codebook has changed"):
        promote_by_hand(trained_parts, "v2", by="Ada Lind", reason="odd")


def test_damaged_files_let_the_version_before_serve(twice_trained_parts: Parts) -> None:
    """Damage is found by the hash, the version before serves and suggests, and it is said; a training mends it."""
    _, second = versions(twice_trained_parts)
    file = twice_trained_parts.study.models_folder / second.folder / "model.npz"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    said: list[str] = []
    made = precode(twice_trained_parts, tell=said.append)
    assert made.model.version == "v1"
    assert "v2 are damaged" in said[0]
    with twice_trained_parts.store.reading() as connection:
        assert [one.model.version for one in serving_history(connection)] == ["v1", "v2", "v1"]
    for model in (twice_trained_parts.study.models_folder).glob("*/model.npz"):
        model.write_bytes(b"x")
    with pytest.raises(TandemError, match="is not the one that was trained"):
        precode(twice_trained_parts)
    mended = train(twice_trained_parts)
    assert mended.new
    assert precode(twice_trained_parts).model.version == mended.model.version


@pytest.mark.parametrize("lost", ["model.npz", "both"])
def test_a_champion_that_cannot_be_read_makes_room(trained_parts: Parts, lost: str) -> None:
    """A new recipe would have to show that it is not worse; beside files that nobody can read it serves, and says so."""
    (first,) = versions(trained_parts)
    folder = trained_parts.study.models_folder / first.folder
    (folder / "model.npz").write_bytes(b"x")
    if lost == "both":
        (folder / "held_out.npz").write_bytes(b"x")
    another_recipe(trained_parts)
    verdict = train(trained_parts).verdict
    assert verdict.promoted
    assert "the files of v1 cannot be read" in verdict.reason
    assert ("(held_out.npz in its folder) cannot be read" in verdict.reason) == (lost == "both")
    assert precode(trained_parts).model.version == "v2"


def test_a_worse_model_does_not_replace_one_that_cannot_be_read(trained_parts: Parts) -> None:
    """What the champion said when it was made still judges; the reason says what to do about its files."""
    (first,) = versions(trained_parts)
    (trained_parts.study.models_folder / first.folder / "model.npz").write_bytes(b"x")
    with trained_parts.store.reading() as connection:
        names = {one.transcript.name for one in all_transcripts(connection)}
    turn_round(trained_parts, names - judges_of(trained_parts))
    verdict = train(trained_parts).verdict
    assert not verdict.promoted
    assert verdict.reason.endswith(
        "the files of v1 cannot be read: put them back from your backup, or choose with tandem models promote"
    )


def test_a_version_of_an_older_layout_or_with_damaged_files_does_not_come_back(
    twice_trained_parts: Parts,
) -> None:
    """No retraining would bring that version back, so none is promised; the sentence says what there is to choose."""
    first, _ = versions(twice_trained_parts)
    folder = twice_trained_parts.study.models_folder / first.folder
    model = folder / "model.npz"
    model.write_bytes(b"x")
    with pytest.raises(
        TandemError, match=r"v1 cannot serve: its files in .* Put the folder back from your backup"
    ) as told:
        promote_by_hand(twice_trained_parts, "v1", by="Ada Lind", reason="odd")
    assert "train" not in str(told.value)
    model.rename(folder / "model.skops")
    for attempt in (
        promote_by_hand,
        lambda parts, _, **why: roll_back(parts, **why),
    ):
        with pytest.raises(
            BadInput, match="v1 cannot serve any more: another version of Tandem made its files"
        ):
            attempt(twice_trained_parts, "v1", by="Ada Lind", reason="odd")
    with twice_trained_parts.store.reading() as connection:
        assert [one.model.version for one in serving_history(connection)] == ["v2", "v1"]


def test_after_a_rollback_a_worker_s_model_waits_for_a_person(
    trained_parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be a twin of the one that was taken out: it waits, also after a second training, until somebody promotes."""
    monkeypatch.setattr("service.composition.Parts.read_again", lambda self: self)
    more_interviews(trained_parts, tmp_path, 20, 1)
    assert worker_trains(trained_parts)["promoted"]
    roll_back(trained_parts, by="Ada Lind", reason="it suggests Money everywhere")
    for at in (21, 22):
        more_interviews(trained_parts, tmp_path, at, 1)
        said = worker_trains(trained_parts)
        assert (said["new"], said["promoted"], said["verdict"]) == (True, False, "waits")
        assert str(said["reason"]).startswith(
            "Ada Lind went back to v1 (it suggests Money everywhere), so it waits for a person: tandem models promote"
        )
        assert progress_of(trained_parts).model.waiting == said["model_version"]
    promote_by_hand(trained_parts, "v4", by="Ada Lind", reason="we looked at it")
    assert progress_of(trained_parts).model.waiting is None
    more_interviews(trained_parts, tmp_path, 23, 1)
    assert worker_trains(trained_parts)["promoted"]


def test_what_a_rollback_holds_back(
    twice_trained_parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds although damaged files let another version serve meanwhile; whoever trains by hand gets the rule's word."""
    monkeypatch.setattr("service.composition.Parts.read_again", lambda self: self)
    first, _ = versions(twice_trained_parts)
    roll_back(twice_trained_parts, by="Ada Lind", reason="odd")
    (twice_trained_parts.study.models_folder / first.folder / "model.npz").write_bytes(b"x")
    assert precode(twice_trained_parts).model.version == "v2"
    more_interviews(twice_trained_parts, tmp_path, 20, 1)
    assert worker_trains(twice_trained_parts)["verdict"] == "waits"
    more_interviews(twice_trained_parts, tmp_path, 21, 1)
    assert train(twice_trained_parts).verdict.promoted
    more_interviews(twice_trained_parts, tmp_path, 22, 1)
    assert worker_trains(twice_trained_parts)["promoted"]


def test_a_worse_model_is_refused_after_a_rollback_too(
    twice_trained_parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the rule refuses does not wait: the verdict stays the rule's."""
    monkeypatch.setattr("service.composition.Parts.read_again", lambda self: self)
    roll_back(twice_trained_parts, by="Ada Lind", reason="odd")
    with twice_trained_parts.store.reading() as connection:
        names = {one.transcript.name for one in all_transcripts(connection)}
    turn_round(twice_trained_parts, names - judges_of(twice_trained_parts))
    assert worker_trains(twice_trained_parts)["verdict"] == "cannot tell"


def test_a_second_step_back_that_names_no_version_is_refused(twice_trained_parts: Parts) -> None:
    """As with `tandem models rollback` typed twice: v2, which was left, does not serve again; naming it lets it."""
    roll_back(twice_trained_parts, by="Ada Lind", reason="it suggests Money everywhere")
    with pytest.raises(
        BadInput, match=r"v1 serves already because Ada Lind went back to it, .* is v2, which was left then"
    ):
        roll_back(twice_trained_parts, by="Ada Lind", reason="it suggests Money everywhere")
    with twice_trained_parts.store.reading() as connection:
        assert [spell.model.version for spell in serving_history(connection)] == ["v1", "v2", "v1"]
    promote_by_hand(twice_trained_parts, "v2", by="Ada Lind", reason="it was the codebook")
    assert roll_back(twice_trained_parts, by="Ada Lind", reason="it was not").version == "v1"
