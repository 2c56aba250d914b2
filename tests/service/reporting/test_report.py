"""The pack of methods and results, and summaries for member checking with their answers."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import pytest
from commands import Run
from commands_refused import refused, write_lines
from docx import Document

from annotations.errors import BadInput

# each runs several commands
pytestmark = pytest.mark.slow

RATINGS = [
    "phase,code,case,rater,rating,rationale,consensus",
    "Early,Money,Esk,Ada,-2,Three say so,",
    "Early,Money,Esk,Ben,-1,One example,",
    "Early,Money,Esk,Ada,-2,Both examples are concrete,yes",
]
EVENTS = [
    "case,date,event,phase,source,passages",
    "Esk,early 2017,The grant is asked for,Early,Minutes of the board,E-02:2",
    "Esk,by 2018,The hall is let,Late,,",
]


def _words(file: Path) -> str:
    """All words of a document, tables too."""
    document = Document(str(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_the_pack_holds_every_part(tandem: Run, tmp_path: Path) -> None:
    """Sample, agreement, tables, ratings, saturation, sources, timelines, answers, quotes with consent, and the codebook."""
    tandem("ratings", str(write_lines(tmp_path / "r.csv", RATINGS)))
    tandem("timeline", str(write_lines(tmp_path / "e.csv", EVENTS)))
    tandem("report", "--for", "E-01", "--answer", "agreed", "--date", "2017-03-02", "--by", "Ada")
    file = tmp_path / "pack.docx"
    done = tandem("report", "--out", str(file), "--with-quotes")
    document = Document(str(file))
    heads = [
        one.text for one in document.paragraphs if one.style is not None and one.style.name == "Heading 2"
    ]
    assert heads == [
        "Sample",
        "Coding, and agreement of the coders",
        "Cross-case tables",
        "Ratings",
        "Saturation",
        "How the sources support each other",
        "Change over waves",
        "Timelines",
        "Member checking",
        "Quotes and consent",
        "Appendix: codebook",
    ]
    said = _words(file)
    assert "holds 5 sources (4 interviews, 1 document) of 4 participants in 2 cases (Esk, Tay)." in said
    assert "2 events of 1 case are kept" in said
    assert "1 of them without a source" in said
    assert "E-01 agreed to the summary on 2017-03-02" in said
    assert "“E-01, the grant was late.” (E-01)" in said
    assert "E-02, the grant was late" not in said
    assert "Both examples are concrete" in said
    assert done["tables"] == len(document.tables)
    assert done["figures"] == len(document.inline_shapes)
    consents = [table for table in document.tables if table.rows[0].cells[-1].text == "Words"]
    assert {row.cells[4].text for row in consents[0].rows[1:]} == {"may be quoted"}
    assert done["quotes"] == len(consents[0].rows) - 1


def test_numbers_and_references_are_words_own(tandem: Run, tmp_path: Path) -> None:
    """Tables and figures are numbered one after the other, and every reference leads to one that is there."""
    file = tmp_path / "pack.docx"
    tandem("report", "--out", str(file))
    xml = ZipFile(file).read("word/document.xml").decode()
    marks = [part.split('"')[0] for part in xml.split('w:name="')[1:] if part.startswith("Tandem_")]
    named = {part.split(" ")[0] for part in xml.split(" REF ")[1:]}
    assert named <= set(marks)
    assert len(named) > 5
    for kind in ("Table", "Figure"):
        numbers = [int(mark.rpartition("_")[2]) for mark in marks if f"_{kind}_" in mark]
        assert numbers[0] == 1
        assert all(b == a + 1 for a, b in pairwise(numbers))
    ids = [part.split('"')[0] for part in xml.split('<w:bookmarkStart w:id="')[1:]]
    assert len(ids) == len(set(ids))
    assert "holds no words of participants" in _words(file)
    assert "the grant was late" not in xml


def test_a_study_with_nothing_in_it_has_a_pack_too(tandem: Run, tmp_path: Path) -> None:
    """Of one site, without ratings, events and answers: what is not there is said."""
    file = tmp_path / "pack.docx"
    tandem("report", "--out", str(file), "--site", "Hill")
    said = _words(file)
    for part in (
        "Nothing was rated.",
        "No events are kept.",
        "No answer to a summary",
        "no agreement is given",
    ):
        assert part in said


def test_a_participant_reads_their_own_words_alone(tandem: Run, tmp_path: Path) -> None:
    """Even where they may not be quoted; and the events of their case without other people's sources."""
    tandem("timeline", str(write_lines(tmp_path / "e.csv", [*EVENTS, "Esk,2019,A vote,Early,,E-01:2"])))
    file = tmp_path / "e02.docx"
    found = tandem("report", "--for", "e-02", "--out", str(file))
    assert found["participant"] == "E-02"
    assert [(one["phase"], one["code"]) for one in found["findings"]] == [("Early", "Money")]
    assert found["findings"][0]["passages"] == [
        {"source": "E-02", "turn_shown": 2, "text": "E-02, the grant was late."}
    ]
    assert [one["passages"] for one in found["events"]] == [["E-02:2"], [], ["a source of the study"]]
    said = _words(file)
    assert "“E-02, the grant was late.” (E-02, turn 2)" in said
    assert "E-01" not in said
    assert "☐ I agree." in said


def test_people_of_a_case_read_what_may_be_quoted(tandem: Run, tmp_path: Path) -> None:
    """Of the others so many passages are said to be there, and no source is named; with what the team wrote."""
    cells = ["phase,code,case,summary,by", "Early,Money,Esk,The grant came late.,Ada"]
    tandem("matrix", str(write_lines(tmp_path / "c.csv", cells)))
    file = tmp_path / "esk.docx"
    found = tandem("report", "--for", "Esk", "--out", str(file))
    assert (found["case"], found["passages_withheld"]) == ("Esk", 1)
    assert found["findings"][0]["summary"] == ["The grant came late."]
    said = _words(file)
    assert "1 passage more, whose words are not shown here." in said
    assert "E-02" not in said
    assert "“E-01, the grant was late.” (E-01, turn 2)" in said


def test_answers_stand_beside_the_findings_that_they_concern(tandem: Run, tmp_path: Path) -> None:
    """A participant's beside what rests on their words, or on one code alone; a case's in all its cells."""
    tandem("report", "--for", "E-01", "--answer", "agreed", "--date", "2017-03-02", "--by", "Ada")
    tandem(
        "report",
        "--for",
        "E-02",
        "--answer",
        "corrected",
        "--what",
        "It came in time.",
        "--by",
        "Ben",
        "--code",
        "Money",
    )
    tandem(
        "report",
        "--for",
        "Esk",
        "--answer",
        "agreed",
        "--answered-by",
        "E-01",
        "--by",
        "Ada",
        "--code",
        "Rooms",
    )
    cells = tandem("matrix")["matrix"]
    money = cells["Early"]["Money"]["Esk"]["member_checks"]
    assert [(one["answered_by"], one["answer"], one["code"]) for one in money] == [
        ("E-01", "agreed", ""),
        ("E-02", "corrected", "Money"),
    ]
    # what E-02 said may not be told
    told = tandem("matrix", "--with-quotes")["matrix"]["Early"]["Money"]["Esk"]["member_checks"]
    assert [one["what"] for one in told] == ["", None]
    assert [one["answer"] for one in cells[""]["Rooms"]["Esk"]["member_checks"]] == ["agreed", "agreed"]
    assert cells["Late"]["People"]["Tay"]["member_checks"] == []
    (opened,) = tandem("matrix", "--open", "Money", "--in", "Esk")["cells"]
    assert opened["member_checks"][1]["what"] == "It came in time."
    findings = tandem("triangulation")["findings"]
    (finding,) = (one for one in findings if (one["code"], one["column"]) == ("Money", "Esk"))
    assert len(finding["member_checks"]) == 2
    assert tandem("report")["member_checks"][0]["date"] == "2017-03-02"
    page = tmp_path / "m.html"
    tandem("matrix", "--html", str(page))
    assert "Member check: E-01 agreed to the summary on 2017-03-02" in page.read_text("utf-8")
    assert "It came in time" not in page.read_text("utf-8")


def test_the_newest_answer_holds_and_the_same_again_changes_nothing(tandem: Run, tmp_path: Path) -> None:
    """All stay on record; a dry run keeps nothing."""
    lines = ["for,answer,what,date,by", "E-01,corrected,It was two grants.,2017-03-02,Ada"]
    file = str(write_lines(tmp_path / "a.csv", lines))
    assert len(tandem("report", "--answers", file, "--dry-run")["new"]) == 1
    assert tandem("report")["member_checks"] == []
    assert len(tandem("report", "--answers", file)["new"]) == 1
    assert tandem("report", "--answers", file) == {"new": [], "unchanged": 1, "dry_run": False}
    tandem("report", "--for", "E-01", "--answer", "agreed", "--date", "2017-04-01", "--by", "Ada")
    assert len(tandem("report")["member_checks"]) == 2
    (now,) = tandem("matrix")["matrix"]["Early"]["Money"]["Esk"]["member_checks"]
    assert now["answer"] == "agreed"


def test_bad_answers_are_named_and_nothing_is_kept(tandem: Run, study: Path, tmp_path: Path) -> None:
    """Each by row and column, with what is allowed."""
    file = write_lines(
        tmp_path / "a.csv",
        [
            "for,answer,what,date,answered_by,phase,code,by",
            "E-01,agreed,,2017-03-02,,,,Ada",
            "X-09,agreed,,,,,,Ada",
            "E-01,perhaps,,,,,,Ada",
            "E-02,corrected,,,,,,Ada",
            "E-01,agreed,,2999-01-01,,,Money,Ada",
            "E-01,agreed,,early 2017,,,Rooms,Ada",
            "Esk,agreed,,,,,,Ada",
            "E-01,agreed,,,,Early,,Ada",
            "E-01,agreed,,,,,Mony,Ada",
            "E-01,agreed,,,,,People,",
            "E-01,corrected,No.,2017-03-02,,,,Ada",
            ",agreed,,,,,,Ada",
        ],
    )
    said = refused(tandem, study, "report", "--answers", str(file))
    for part in (
        'row 3, column "for": there is no participant and no case "X-09".',
        'row 4, column "answer": "perhaps" is no answer; it is agreed or corrected.',
        'row 5, column "what": it is empty; whoever corrects something says what.',
        'row 6, column "date": "2999-01-01" lies in the future',
        'row 7, column "date": "early 2017" is no day',
        'row 8, column "answered_by": it is empty; say who answered for the case.',
        'row 9, column "code": it is empty; an answer about a phase names the code as well.',
        'row 10, column "code": code "Mony" is not known. Did you mean "Money"?',
        'row 11, column "by": it is empty; say who records the answer.',
        'row 12, column "answer": row 2 gives an answer of the same person on the same thing; keep one.',
        'row 13, column "for": it is empty; name the participant or the case whose summary was answered.',
        "11 of 12 rows cannot be used, so nothing was kept.",
    ):
        assert part in said, said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "report.odt"], "ends in .docx"),
        (["--answer", "agreed", "--by", "Ada"], "give --for PARTICIPANT or --for CASE"),
        (["--for", "E-01", "--answer", "agreed", "--out", "a.docx", "--by", "Ada"], "give one of them"),
        (["--what", "No."], "give --for and --answer"),
        (["--for", "E-9"], 'there is no participant and no case "E-9"'),
        (["--for", "E-01", "--answer", "agreed"], "--by: it is empty"),
        (
            ["--for", "E-01", "--answer", "no", "--by", "Ada"],
            "it is agreed or corrected. Nothing was recorded.",
        ),
        (["--out", "no/such/folder/a.docx"], "folder does not exist"),
    ],
)
def test_bad_options_are_a_sentence(tandem: Run, study: Path, options: list[str], said: str) -> None:
    """What was found, and what to do."""
    assert said in refused(tandem, study, "report", *options)


def test_of_somebody_of_whom_nothing_was_coded_there_is_no_summary(tandem: Run, tmp_path: Path) -> None:
    """And it says so."""
    write_lines(tmp_path / "N-01.txt", ["Interviewer: How?", "N-01: So."])
    tandem("import", str(tmp_path / "N-01.txt"), "--wave", "1", "--participant", "N-01")
    with pytest.raises(BadInput, match="nothing that N-01 said was coded yet"):
        tandem("report", "--for", "N-01")


def test_every_result_is_an_export_of_the_list(study: Path, tmp_path: Path) -> None:
    """With the files that its command writes."""
    from service.composition import open_parts
    from service.taking_out.all_exports import KINDS, Wish, make_export

    names = {"patterns", "saturation", "triangulation", "report"}
    assert names <= {one.key for one in KINDS}
    with open_parts(study) as parts:
        for name in sorted(names):
            made = make_export(parts, name, ".docx", tmp_path, Wish())
            assert made.files[0].read_bytes().startswith(b"PK")
        pictures = make_export(parts, "patterns", ".svg", tmp_path, Wish({"wave": ("1",)}))
    assert all(one.is_file() for one in pictures.files)
    assert len(pictures.files) == 2
