"""What the commands say of a restored study is what they say of the study: counts, hashes, figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import WordEncoder
from commands import commands_on
from postgresql import POSTGRESQL, a_schema
from study_to_train import SAID, import_rows, interview_file, opened, quiet, what_is_said

from annotations.store.segments import segments_of
from annotations.store.transcripts import all_transcripts
from service.composition import Parts
from service.importing.import_transcripts import import_transcripts
from service.new_study import make_study

PARTICIPANTS = 6


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def addresses(request: pytest.FixtureRequest) -> Iterator[tuple[str, str] | None]:
    """Two schemas of a server, or None for files."""
    if request.param == "sqlite":
        yield None
        return
    with a_schema() as first, a_schema() as second:
        yield f"{POSTGRESQL}?schema={first}", f"{POSTGRESQL}?schema={second}"


def _coded_study(folder: Path, **environment: str) -> Path:
    book = folder / "book.csv"
    book.write_text("code,definition\nMoney,What it costs\nPeople,Who does it\n", "utf-8")
    study, _ = make_study(folder / "study", codebook=str(book), config={"name": "S"})
    parts = opened(study.folder, folder, **environment)
    names = [f"P-{at:02d}" for at in range(PARTICIPANTS)]
    files = [interview_file(folder, name, what_is_said(at)) for at, name in enumerate(names)]
    described = {"wave": "1", "case": "E"}
    import_transcripts(parts, files, manifest=None, described=described, replace=False, progress=quiet)
    for coder, shift in (("Ines", 0), ("Ada", 1)):
        rows = [
            (
                name,
                coder,
                ("Money", "People", "")[(topic + (shift and turn % 5 == 0)) % len(SAID)],
                2 * turn + 1,
            )
            for at, name in enumerate(names)
            for turn, (_, topic) in enumerate(what_is_said(at))
        ]
        import_rows(parts, folder, rows)
    parts.close()
    return study.folder


def _said(study: Path, passage: str) -> dict[str, Any]:
    run = commands_on(study)
    found: dict[str, Any] = {
        "status": run("status"),
        "agreement": run("agreement"),
        "evaluate": run("evaluate"),
        "models": run("models", "list"),
        "suggestions": run("suggestions"),
        "trace": run("trace", passage),
    }
    plain: dict[str, Any] = json.loads(json.dumps(found).replace(str(study), "STUDY"))
    return plain


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
def test_a_restored_study_says_the_same(
    addresses: tuple[str, str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a trained model, reviews of two coders and suggestions; MLflow's record of the model is there too."""
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "MLFLOW_TRACKING_URI", "TANDEM_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(Parts, "embedder", WordEncoder())
    if addresses:
        monkeypatch.setenv("TANDEM_DATABASE", addresses[0])
    study = _coded_study(tmp_path, **({"TANDEM_DATABASE": addresses[0]} if addresses else {}))
    run = commands_on(study)
    run("train")
    run("precode")
    before = _said(study, "P-00:2:Money")
    made = run("backup", "--to", str(tmp_path / "disk"))
    restored = tmp_path / "restored"
    more = ("--database", addresses[1]) if addresses else ()
    run("restore", made["file"], "--to", str(restored), *more)
    if addresses:
        monkeypatch.setenv("TANDEM_DATABASE", addresses[1])
    study.rename(tmp_path / "away")
    assert _said(restored, "P-00:2:Money") == before
    again = opened(restored, tmp_path, **({"TANDEM_DATABASE": addresses[1]} if addresses else {}))
    with again.store.reading() as connection:
        assert len(all_transcripts(connection)) == PARTICIPANTS
        assert segments_of(connection, again.segmentation.version)
    from service.serving.train_and_evaluate import tracking_of

    assert set(tracking_of(again).aliases()) == {"champion"}
    again.close()
