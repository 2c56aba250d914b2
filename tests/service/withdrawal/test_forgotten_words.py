"""A name that was blanked is erased everywhere: earlier text, embeddings, memos, and the model that learnt from it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from coded_study import make_coded_study, opened, quiet

from annotations.errors import BadInput
from annotations.store.forgettings import all_forgettings
from annotations.store.model_versions import all_models, champion, erased_versions
from annotations.store.tables import codings
from annotations.store.transcript_versions import versions_of
from annotations.store.transcripts import get_transcript
from service.composition import Parts
from service.importing.import_transcripts import import_transcripts
from service.passing_files.folders import new_folder
from service.serving.train_and_evaluate import train
from service.withdrawal.forget_words import forget_words
from service.withdrawal.tombstone_file import bring, to_bring
from service.withdrawal.withdraw import withdraw

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]
NAME = "JKG-01"
SECRET = "quagmire"  # in every passage of theirs, and nowhere else


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A study with one model, in which one interview was corrected."""
    folder = tmp_path_factory.mktemp("forgetting")
    study = make_coded_study(folder)
    made = opened(study, folder / "state")
    train(made)
    with made.store.writing() as connection:
        own = codings.c.transcript_id == get_transcript(connection, NAME).id
        connection.execute(codings.update().where(own).values(memo="as Quagmire says of the cost"))
    text = (folder / f"{NAME}.txt").read_text("utf-8")
    lines = text.replace(SECRET, "[name]").replace(SECRET[::-1], "[name]").splitlines()
    lines[-1] = text.splitlines()[-1].replace(SECRET, "[name]").replace(SECRET[::-1], "[name]")
    (folder / f"{NAME}.txt").write_text("\n".join(lines) + "\n", "utf-8")
    import_transcripts(
        made,
        [folder / f"{NAME}.txt"],
        manifest=None,
        described={},
        replace=True,
        progress=quiet,
    )
    yield made
    made.close()


def _holding(folder: Path) -> list[str]:
    forms = [SECRET.encode(), SECRET.encode("utf-16-le"), SECRET.capitalize().encode()]
    return [
        file.name
        for file in sorted(folder.rglob("*"))
        if file.is_file() and any(form in file.read_bytes() for form in forms)
    ]


def test_the_words_are_erased_everywhere(parts: Parts) -> None:
    """Until then the earlier text can be read; afterwards no file of the study holds the name, and a receipt says so."""
    assert _holding(parts.study.folder)
    with pytest.raises(BadInput, match="--by"):
        forget_words(parts, [NAME], by=" ", progress=quiet)
    with parts.store.reading() as connection:
        kept = get_transcript(connection, NAME)
        (version,) = versions_of(connection, kept.id)
        learnt = champion(connection)
    assert version.text is not None
    assert SECRET in version.text
    assert learnt is not None
    _, made_export = new_folder(parts, "out")
    (made_export / "quotes.docx").write_text(f"{SECRET} said so", "utf-8")
    found = forget_words(parts, [NAME], by="Ines Falk", progress=quiet)
    assert not made_export.exists()
    assert found is not None
    assert found.done, (found.still_there, found.notes)
    assert found.models == (learnt.model.version,)
    assert _holding(parts.study.folder) == []
    with parts.store.reading() as connection:
        (version,) = versions_of(connection, kept.id)
        assert (version.text, version.turns) == (None, ())
        assert learnt.model.version in erased_versions(connection)
        serves = champion(connection)
        (forgotten,) = all_forgettings(connection)
        own = codings.select().where(codings.c.transcript_id == kept.id)
        memos = {row.memo for row in connection.execute(own)}
    assert serves is not None
    assert serves.model.version != learnt.model.version
    assert (forgotten.by, forgotten.state) == ("Ines Falk", "done")
    assert memos == {"as […] says of the cost"}
    text, plain = found.receipt
    assert SECRET not in text.read_text("utf-8").casefold()
    assert json.loads(plain.read_text("utf-8"))["transcripts"] == [NAME]
    assert forget_words(parts, [NAME], by="Ines Falk", progress=quiet) is None


def test_a_withdrawal_afterwards_still_keeps_the_erased_model_from_serving(parts: Parts) -> None:
    """What is known of erased models outlives the transcript that they learnt from."""
    with parts.store.reading() as connection:
        before = erased_versions(connection)
        first = all_models(connection)[0].version
    assert first in before
    withdraw(parts, NAME, by="Ines Falk", progress=quiet)
    with parts.store.reading() as connection:
        assert first in erased_versions(connection)


def test_a_backup_does_not_bring_the_words_back(parts: Parts, tmp_path: Path) -> None:
    """A copy from before the correction, or between it and --forget, is rid of them when it is opened, and stays so."""
    # the two tests above have erased everything in the fixture's study, so each begins with its own
    study = make_coded_study(tmp_path)
    made = opened(study, tmp_path / "state")
    train(made)
    made.close()
    before = tmp_path / "before"
    shutil.copytree(study, before)
    made = opened(study, tmp_path / "state")
    file = tmp_path / f"{NAME}.txt"
    text = file.read_text("utf-8")
    lines = text.replace(SECRET, "[name]").replace(SECRET[::-1], "[name]")
    file.write_text(lines, "utf-8")
    import_transcripts(made, [file], manifest=None, described={}, replace=True, progress=quiet)
    made.close()
    between = tmp_path / "between"
    shutil.copytree(study, between)
    made = opened(study, tmp_path / "state")
    found = forget_words(made, [NAME], by="Ines Falk", progress=quiet)
    assert found is not None
    assert found.done
    receipt = found.receipt[1]
    made.close()
    (kept,) = (tmp_path / "state" / "forgotten").glob("*.json")
    for one in (kept, *found.receipt):
        assert SECRET not in one.read_text("utf-8").casefold()
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(before, elsewhere)
    for copy in (before, between):
        assert _holding(copy)
        again = opened(copy, tmp_path / "state")
        with again.store.reading() as connection:
            kept_here = get_transcript(connection, NAME)
            (forgotten,) = all_forgettings(connection)
        said = kept_here.transcript.text
        assert SECRET not in said
        assert "[…]" in said if copy is before else "[name]" in said
        assert len(kept_here.transcript.turns) == len(text.splitlines())
        assert forgotten.state == "done"
        again.close()
        assert _holding(copy) == []
        once_more = opened(copy, tmp_path / "state")
        with once_more.store.reading() as connection:
            assert get_transcript(connection, NAME).transcript.text == said
            assert len(all_forgettings(connection)) == 1
        once_more.close()
    new = opened(elsewhere, tmp_path / "new-machine")
    with new.store.reading() as connection:
        assert SECRET in get_transcript(connection, NAME).transcript.text
    to = to_bring(new, receipt)
    assert [one.name for one in to.words] == [NAME]
    assert bring(new, to, progress=quiet) == ()
    assert to_bring(new, receipt).nothing
    new.close()
    assert _holding(elsewhere) == []
