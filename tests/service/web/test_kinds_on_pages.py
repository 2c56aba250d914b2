"""Pages that count transcripts say what they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from accounts import KEY, signed_in
from study_with_pages import INES, study_with_pages

from annotations.store.tables import transcripts
from service.web.app import create_app


@pytest.mark.slow
def test_a_document_is_counted_as_what_it_is(tmp_path: Path) -> None:
    """On My work, Read and the lead's pages; where all are documents they are called so."""
    parts = study_with_pages(tmp_path / "of its own").parts
    app = create_app(parts, key=KEY)
    ines, lea = signed_in(app, INES), signed_in(app, "Lea")
    with parts.store.writing() as connection:
        connection.execute(transcripts.update().where(transcripts.c.name == "CRK-04").values(kind="document"))
    work, read = ines.get("/work").text, ines.get("/interviews").text
    assert "done, in 5 interviews, 1 document." in work
    assert '<option value="document">document</option>' in work
    assert ['role="status">6 transcripts<' in work, 'role="status">7 transcripts<' in read] == [True, True]
    assert "Interview</a>" not in work + read
    assert "transcripts of coders" in lea.get("/study/work").text
    with parts.store.writing() as connection:
        connection.execute(transcripts.update().values(kind="document"))
    work = ines.get("/work").text
    assert ("done, in 6 documents." in work, "Document</a>" in work) == (True, True)
    assert '<option value="document">' not in work
    parts.close()
