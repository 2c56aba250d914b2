"""A project and the file that Tandem writes beside it come in by a browser as by the command, with all that it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lead_in_browser import INTERVIEW, SECOND, Lead, a_study

from annotations.progress import quiet
from annotations.store.described_transcripts import described_transcripts
from annotations.store.loose_codings import loose_codings
from annotations.store.reviews import current_reviews
from annotations.store.transcripts import all_texts
from service.composition import Parts
from service.exporting.export_refi import export_refi
from service.importing.import_project import Wishes, import_project

pytestmark = pytest.mark.slow
PROJECT, BESIDE = "study.qdpx", "study.tandem.json"
Sent = tuple[str, bytes]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project and the file beside it, and with those of another study as other.*."""
    folder = tmp_path_factory.mktemp("written")
    for name, table in (("study", "+"), ("other", "-")):
        made = a_study(folder / name)
        lead = Lead(made)
        where = "file,wave,may_train,may_quote\nJKG-01.txt,1,no,yes\nDND-03.txt,2,yes,no\n"
        sent = lead.send(("JKG-01.txt", INTERVIEW), ("DND-03.txt", SECOND), ("where.csv", where))
        lead.post(f"{sent.url.path}/bring")
        code = next(code.path for code in made.codebook if code.applicable)
        rows = (
            "transcript,coder,code,turn,influence,condition\n"
            f"JKG-01,Ada,{code},1,{table},independent\n"
            "JKG-01,Ada,,3,,independent\n"
            f"DND-03,Ben,{code},1,mixed,assisted\n"
            "JKG-01,Ben,,1,,independent\n"
        )
        assert "reviews" in lead.post(f"{lead.send(('codings.csv', rows)).url.path}/bring").text
        export_refi(made, folder / f"{name}.qdpx", suggestions=False)
        made.close()
    return folder


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """An empty study."""
    made = a_study(tmp_path / "empty")
    yield made
    made.close()


def _file(written: Path, name: str, sent_as: str = "") -> Sent:
    return (sent_as or name, (written / name).read_bytes())


def _standing(parts: Parts) -> dict[str, list[Any]]:
    """All that came in: codings with what is said of them, reviews without a code, consents."""
    with parts.store.reading() as connection:
        names = {kept.id: kept.transcript.name for kept in all_texts(connection)}
        reviews = current_reviews(connection)
        coded = [(row.transcript, row.coder, row.condition, row.coding) for row in loose_codings(connection)]
        coded += [(r.transcript, r.coder, r.condition, coding) for r in reviews for coding in r.codings]
        transcripts = described_transcripts(connection)
    return {
        "codings": sorted(
            (names[at], who, how.value, c.code, c.span, str(c.influence), c.concrete_example)
            for at, who, how, c in coded
        ),
        "empty": sorted(
            (names[r.transcript], r.coder, r.condition.value, r.span, sorted(r.decides or ()))
            for r in reviews
            if not r.codings
        ),
        "consents": sorted((t.name, t.consents.may_train, t.consents.may_quote) for t in transcripts),
    }


def test_both_files_together_come_in_as_by_the_command(written: Path, parts: Parts, tmp_path: Path) -> None:
    """The same codings, influence, empty reviews and consents; the preview says what is added; undo takes it all back."""
    lead = Lead(parts)
    page = lead.send(_file(written, BESIDE), _file(written, PROJECT))
    assert "2 files would come in" in page.text
    assert "what stands beside a project" in page.text
    shown = " ".join(page.text.split())
    assert "This file is read with study.qdpx and adds what is listed here" in shown
    assert "reviews in which a coder found that no code applies" in shown
    assert "codings with influence or as a concrete example" in shown
    assert "transcripts with their consents" in shown
    assert (
        "The file beside the project adds 2 reviews with the codes that were found and 2 reviews in which a coder found "
        "that no code applies." in shown
    )
    assert _standing(parts)["codings"] == []
    came = lead.post(f"{page.url.path}/bring")
    by_command = a_study(tmp_path / "command")
    outcome = import_project(by_command, written / PROJECT, Wishes(), quiet)
    assert outcome.refused == []
    there = _standing(parts)
    assert there == _standing(by_command)
    by_command.close()
    assert sorted(row[5] for row in there["codings"]) == ["+", "mixed"]
    assert sorted(row[2] for row in there["codings"]) == ["assisted", "independent"]
    assert len(there["empty"]) == outcome.kept.empty_reviews == 2
    assert there["consents"] == [("DND-03", True, False), ("JKG-01", False, True)]
    undone = lead.post(f"{came.url.path}/undo")
    assert "2 files would come in" in undone.text
    assert _standing(parts) == {"codings": [], "empty": [], "consents": []}
    lead.post(f"{undone.url.path}/bring")
    assert _standing(parts) == there


def _damaged(written: Path) -> list[Sent]:
    return [_file(written, PROJECT), (BESIDE, (written / BESIDE).read_bytes()[:-40])]


def _of_another_project(written: Path) -> list[Sent]:
    return [_file(written, PROJECT), _file(written, "other.tandem.json", BESIDE)]


def _two_of_them(written: Path) -> list[Sent]:
    return [_file(written, PROJECT), _file(written, BESIDE), _file(written, BESIDE)]


def _of_another_name(written: Path) -> list[Sent]:
    return [_file(written, PROJECT), _file(written, BESIDE, "talks.tandem.json")]


def _renamed(written: Path) -> list[Sent]:
    return [_file(written, PROJECT), _file(written, BESIDE, "study.tandem (1).json")]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (
            lambda written: [_file(written, BESIDE)],
            "study.qdpx, the project to which this file belongs, is not",
        ),
        (
            _damaged,
            "study.tandem.json: this file is damaged, or none that Tandem wrote. Take the two files of one",
        ),
        (_of_another_project, "study.tandem.json: this file belongs to another project than study.qdpx"),
        (
            _two_of_them,
            "2 files of this name belong to study.qdpx. Leave out all but that of its export",
        ),
        (_of_another_name, "This project waits, since talks.tandem.json was sent too"),
        (_renamed, "Give this file that name, and send both together"),
    ],
)
def test_what_does_not_belong_is_told_and_nothing_comes_in(
    written: Path, parts: Parts, files: Callable[[Path], list[Sent]], sentence: str
) -> None:
    """A sentence says what to do; neither the file nor a project that would lose by it comes in."""
    lead = Lead(parts)
    page = lead.send(*files(written))
    assert sentence in " ".join(page.text.split())
    assert str(parts.settings.state) not in page.text
    assert "Nothing can come in as it is" in page.text
    assert lead.post(f"{page.url.path}/bring").status_code == 422
    assert _standing(parts) == {"codings": [], "empty": [], "consents": []}


def test_a_project_changed_since_takes_what_is_still_there(written: Path, parts: Parts) -> None:
    """The preview says so."""
    plain = json.loads((written / BESIDE).read_text("utf-8"))
    of_before = (BESIDE, json.dumps({**plain, "project": "0" * 64}).encode())
    lead = Lead(parts)
    page = lead.send(_file(written, PROJECT), of_before)
    assert "study.qdpx is not as it was when study.tandem.json was written" in " ".join(page.text.split())
    lead.post(f"{page.url.path}/bring")
    assert sorted(row[5] for row in _standing(parts)["codings"]) == ["+", "mixed"]


def test_the_project_comes_in_alone_once_the_other_file_is_left_out(written: Path, parts: Parts) -> None:
    """As the sentence proposes."""
    lead = Lead(parts)
    page = lead.send(*_damaged(written))
    assert "that this file is not to come in" in page.text
    assert "another folder" not in page.text
    page = lead.post(f"{page.url.path}/kind/2", {"kind": "leave"})
    assert "1 file would come in" in page.text
    lead.post(f"{page.url.path}/bring")
    there = _standing(parts)
    assert [row[5] for row in there["codings"]] == ["None", "None"]
    assert there["empty"] == []


def test_sent_later_than_its_project(written: Path, parts: Parts) -> None:
    """It says that the project came in without it; after the undo both come in together."""
    lead = Lead(parts)
    came = lead.post(f"{lead.send(_file(written, PROJECT)).url.path}/bring")
    before = _standing(parts)
    page = lead.send(_file(written, BESIDE))
    assert "study.qdpx came in earlier without this file, and alone this file adds nothing. Undo" in page.text
    assert lead.post(f"{page.url.path}/bring").status_code == 422
    assert _standing(parts) == before
    both = lead.send(_file(written, PROJECT), _file(written, BESIDE))
    assert "2 codings that are here already keep what is said here" in " ".join(both.text.split())
    lead.post(f"{came.url.path}/undo")
    page = lead.send(_file(written, BESIDE))
    assert "is not among these files" in page.text
    lead.post(f"{lead.send(_file(written, PROJECT), _file(written, BESIDE)).url.path}/bring")
    assert sorted(row[5] for row in _standing(parts)["codings"]) == ["+", "mixed"]


def test_with_transcripts_both_wait(written: Path, parts: Parts) -> None:
    """A project that waits for transcripts is not parted from the file beside it."""
    lead = Lead(parts)
    page = lead.send(_file(written, PROJECT), _file(written, BESIDE), ("PLP-22.txt", SECOND))
    assert "2 files wait for the transcripts" in page.text
    lead.post(f"{page.url.path}/bring")
    assert _standing(parts)["codings"] == []
    assert "2 files would come in" in lead.get(page.url.path).text
    lead.post(f"{page.url.path}/bring")
    assert sorted(row[5] for row in _standing(parts)["codings"]) == ["+", "mixed"]


def test_two_projects_keep_their_own_files(written: Path, parts: Parts) -> None:
    """Each is read with the file of its name, whatever the order; of one name in two folders, with that of its folder."""
    lead = Lead(parts)
    page = lead.send(
        _file(written, "other.tandem.json", "b/study.tandem.json"),
        _file(written, PROJECT, "a/study.qdpx"),
        _file(written, BESIDE, "a/study.tandem.json"),
        _file(written, "other.qdpx", "b/study.qdpx"),
    )
    assert "belongs to another project" not in page.text
    assert "4 files would come in" in page.text
