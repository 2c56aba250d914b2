"""Many rows at once come back as they went in, on SQLite and by COPY on PostgreSQL."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from stored_model import with_model

from annotations.codebook.codes import Codebook
from annotations.errors import TandemError
from annotations.store.bulk_insert import FEW, insert_rows
from annotations.store.database import Store
from annotations.store.tables import doubts, now, segments, suggestions, transcripts


def test_rows_come_back_as_they_went_in(store: Store, codebook: Codebook) -> None:
    """Bytes, JSON, none, marks that COPY treats apart, and defaults that nobody named."""
    with with_model(store, codebook) as (connection, model, segment):
        its = connection.execute(segments.select().where(segments.c.id == segment)).one()
        cut = [
            its._asdict() | {"id": uuid4(), "index": 100 + at, "speaker": f"Tab\tline\n\\N {at} ü"}
            for at in range(FEW)
        ]
        insert_rows(connection, segments, cut)
        said = [
            {
                "segment_id": one["id"], "model_id": model.id, "probabilities": bytes(range(8)),
                "suggested": ["money"], "evidence": {"money": [[str(segment), 0.5]]}, "sentences": None,
            }
            for one in cut
        ]  # fmt: skip
        before = now()
        insert_rows(connection, suggestions, said)
        ids: list[UUID] = [one["id"] for one in cut]
        rows = connection.execute(suggestions.select().where(suggestions.c.segment_id.in_(ids))).all()
        assert len(rows) == FEW
        for row in rows:
            assert (row.probabilities, row.suggested, row.sentences) == (bytes(range(8)), ["money"], None)
            assert row.evidence == {"money": [[str(segment), 0.5]]}
            assert before <= row.created <= now()
        found = connection.execute(segments.select().where(segments.c.id == ids[3])).one()
        assert found.speaker == "Tab\tline\n\\N 3 ü"
        insert_rows(connection, doubts, [])


def test_a_row_that_is_refused_is_said_in_words(store: Store, codebook: Codebook) -> None:
    """The same sentence as of any other statement, and nothing is kept."""
    with pytest.raises(TandemError, match="refused"), store.writing() as connection:
        at = {"id": uuid4(), "transcript_id": uuid4(), "segmentation": "none", "role": "participant"}
        at |= {"turn": 0, "speaker": "", "start": 0, "end": 1}
        insert_rows(connection, segments, [at | {"index": number} for number in range(FEW)])
    with store.reading() as connection:
        assert not connection.execute(segments.select()).all()
        assert not connection.execute(transcripts.select()).all()
