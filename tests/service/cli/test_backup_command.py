"""tandem backup and tandem restore as somebody types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from study_to_back_up import a_small_study
from typer.testing import CliRunner

from service.cli.main import add_commands, app


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small study, with nothing of the user's around it."""
    for name in ("TANDEM_DATABASE", "MLFLOW_TRACKING_URI", "TANDEM_BACKUP_PASSWORD_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    if not app.registered_commands:
        add_commands()
    parts = a_small_study(tmp_path)
    parts.close()
    return parts.study.folder


def _typed(*words: str, typed: str = "") -> str:
    done = CliRunner().invoke(app, list(words), input=typed)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_it_says_where_it_went_and_that_it_is_whole(study: Path, tmp_path: Path) -> None:
    """And what a copy on the same disk is worth."""
    said = _typed("--study", str(study), "backup")
    (file,) = (tmp_path / "study-backups").iterdir()
    assert str(file) in said
    assert "is whole" in said
    assert "not encrypted" in said
    assert "same disk" in said
    assert str(tmp_path / "again") in _typed("restore", str(file), "--to", str(tmp_path / "again"))


@pytest.mark.slow
def test_a_password_is_asked_for_or_taken_from_a_file(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typed twice, from a file that nobody else reads, or from the file that the environment names."""
    from annotations.errors import BadInput

    typed = "four words of a password"
    secret = tmp_path / "secret"
    secret.write_text(f"{typed}\n", "utf-8")
    secret.chmod(0o644)
    with pytest.raises(BadInput, match="chmod 600"):
        _typed("--study", str(study), "backup", "--password-file", str(secret))
    secret.chmod(0o600)
    _typed("--study", str(study), "backup", "--password", typed=f"{typed}\n{typed}\n")
    (file,) = (tmp_path / "study-backups").iterdir()
    assert file.name.endswith(".encrypted")
    with pytest.raises(BadInput, match="is encrypted"):
        _typed("restore", str(file), "--to", str(tmp_path / "again"))
    with pytest.raises(BadInput, match="password"):
        _typed(
            "restore", str(file), "--to", str(tmp_path / "again"), "--password", typed="another password\n"
        )
    monkeypatch.setenv("TANDEM_BACKUP_PASSWORD_FILE", str(secret))
    _typed("restore", str(file), "--to", str(tmp_path / "again"))
    assert (tmp_path / "again" / "study.yaml").is_file()


def test_the_environments_database_is_not_written_to(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be that of the study that still lives."""
    _typed("--study", str(study), "backup")
    (file,) = (tmp_path / "study-backups").iterdir()
    monkeypatch.setenv("TANDEM_DATABASE", f"sqlite:///{tmp_path / 'living.db'}")
    _typed("restore", str(file), "--to", str(tmp_path / "again"))
    assert not (tmp_path / "living.db").exists()
