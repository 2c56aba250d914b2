"""What comes in besides transcripts and codings: a project of another program, a table of people, a codebook."""

from __future__ import annotations

from pathlib import Path

import pytest
from lead_in_browser import INTERVIEW, SECOND, Lead, a_study

from annotations.store.attributes import all_attributes
from annotations.store.described_transcripts import described_transcripts

pytestmark = pytest.mark.slow
BOOK = """code,framework,definition
Money,Topics,What it costs.
People,Topics,Who does it.
"""


def test_a_project_table_and_codebook_come_in_and_are_undone(tmp_path: Path) -> None:
    """Each is looked at, brought in by its own import, and taken back."""
    first, second = a_study(tmp_path / "a"), a_study(tmp_path / "b")
    lead, other = Lead(first), Lead(second)
    lead.post(f"{lead.send(('JKG-01.txt', INTERVIEW)).url.path}/bring")
    code = next(code.path for code in first.codebook if code.applicable)
    rows = f"transcript,coder,code,quote\nJKG-01,Ada,{code},The board helped\n"
    lead.post(f"{lead.send(('codings.csv', rows)).url.path}/bring")
    made = lead.post("/exports/of/project", {"ending": ".qdpx"})
    project = lead.get(f"{made.url.path}/0").content
    page = other.send(("theirs.qdpx", project))
    assert "codings that would come in" in page.text
    came = other.post(f"{page.url.path}/bring")
    assert "1 transcript" in came.text
    assert "1 coding" in came.text
    people = other.send(("people.csv", "participant,role\nJKG-01,sister\n"))
    assert "attributes that are new" in people.text
    known = other.post(f"{people.url.path}/bring")
    with second.store.reading() as connection:
        assert all_attributes(connection).of(participant="JKG-01", case="") == {"role": "sister"}
    bad = other.send(("book.csv", BOOK))
    assert "would be gone" in bad.text
    other.post(f"{bad.url.path}/leave")
    assert "Undone" in other.post(f"{known.url.path}/undo").text
    assert "Undone" in other.post(f"{came.url.path}/undo").text
    with second.store.reading() as connection:
        assert described_transcripts(connection) == ()
        assert all_attributes(connection).all == ()
    before = second.study.codebook_file.read_text("utf-8")
    looked = other.send(("book.csv", BOOK))
    assert "What this codebook changes, and what rests on each code" in looked.text
    assert "<ins>What it costs.</ins>" in looked.text
    assert "Take this codebook" in looked.text
    assert '<a href="/bring-in">bring in a new version</a>' in other.get("/codebook").text
    book = other.post(f"{looked.url.path}/bring")
    assert "Money" in second.study.codebook_file.read_text("utf-8")
    assert "Undone" in other.post(f"{book.url.path}/undo").text
    assert second.study.codebook_file.read_text("utf-8") == before
    first.close()
    second.close()


def test_rows_about_transcripts_that_come_with_them_are_no_faults(tmp_path: Path) -> None:
    """They are counted in one sentence; what is to be mended stays, with the name that is proposed in its field."""
    made = a_study(tmp_path / "a")
    lead = Lead(made)
    first, second = [code.name for code in made.codebook if code.applicable][:2]
    rows = [
        f"JKG-01,1,Ada,{first}",
        f"JKG-01,1,Ben,{second}",
        f"JKG-01,3,Ada,{first}x",
        f"JKG-7,1,Ada,{first}",
    ]
    table = "\n".join(["transcript,turn,coder,code", *rows]) + "\n"
    page = lead.send(("JKG-01.txt", INTERVIEW), ("codings.csv", table)).text
    assert "3 rows are about 1 transcript that come in together" in " ".join(page.split())
    assert "There is no transcript “JKG-01”" not in page
    assert "Instead of “JKG-01”" not in page
    assert "JKG-7" in page
    assert f'value="{first}"' in page
    came = lead.post(f"{lead.send(('JKG-01.txt', INTERVIEW), ('codings.csv', table)).url.path}/bring").text
    assert "Go on to the files that wait" in came
    made.close()


@pytest.mark.parametrize("about", ["JKG-01", "DND-03"])
def test_codings_sent_with_transcripts_wait_as_the_page_says(tmp_path: Path, about: str) -> None:
    """Whether they are of what comes in or of what is there: nobody has to mend them, and they do not come in at once."""
    parts = a_study(tmp_path)
    lead = Lead(parts)
    if about == "DND-03":
        lead.post(f"{lead.send(('DND-03.txt', SECOND)).url.path}/bring")
    code = next(code.path for code in parts.codebook if code.applicable)
    rows = f"transcript,coder,code,turn\n{about},Ada,{code},1\n"
    page = lead.send(("JKG-01.txt", INTERVIEW), ("codings.csv", rows))
    assert "1 transcript would come in; 1 file waits for the transcripts" in page.text
    assert "waits to be mended" not in page.text
    assert "There is no transcript" not in page.text
    came = lead.post(f"{page.url.path}/bring")
    assert "codings.csv has waited for the transcripts" in came.text
    assert "1 file would come in" in lead.get(page.url.path).text
    assert "1 coding" in lead.post(f"{page.url.path}/bring").text
    parts.close()
