"""What --where keeps: transcripts by what is known of their participants and cases."""

from __future__ import annotations

import pytest
from builders import a_transcript

from annotations.attributes import Attribute, Owner
from annotations.errors import BadInput, UnknownName
from annotations.store.attributes import keep_attributes
from annotations.store.database import Store
from annotations.store.transcripts import add_transcript, all_texts
from service.looking.attribute_filter import with_attributes


def test_transcripts_by_attributes(store: Store) -> None:
    """Several conditions must all hold; several values may; a case's attributes count for its participants."""
    with store.writing() as connection:
        for name, case in (("A-1", "East"), ("A-2", "East"), ("A-3", "West")):
            add_transcript(connection, a_transcript(name, "How?", "So.", case=case))
        keep_attributes(
            connection,
            [
                Attribute(Owner.PARTICIPANT, "A-1", "Role", "leader"),
                Attribute(Owner.PARTICIPANT, "A-2", "Role", "aide"),
                Attribute(Owner.PARTICIPANT, "A-3", "Role", "leader"),
                Attribute(Owner.CASE, "East", "Country", "SE"),
                Attribute(Owner.CASE, "West", "Country", "CA"),
            ],
        )
        kept = all_texts(connection)

        def names(*where: str) -> list[str]:
            return [one.transcript.name for one in with_attributes(connection, kept, where)]

        assert names() == ["A-1", "A-2", "A-3"]
        assert names("role=Leader") == ["A-1", "A-3"]
        assert names("role=leader;aide", "country=se") == ["A-1", "A-2"]
        with pytest.raises(UnknownName, match='Did you mean "leader"'):
            names("role=leadr")
        with pytest.raises(BadInput, match="no transcript that was asked about"):
            names("role=aide", "country=CA")
