"""A group ticked beside one of its own codes is listed for a second look."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from builders import a_transcript

from annotations.coding import Coding, Condition, Review
from annotations.store.codebook_versions import keep_codebook
from annotations.store.reviews import add_reviews
from annotations.store.transcripts import add_transcript
from annotations.transcript import Span
from service.composition import Parts
from service.looking.second_look import second_look
from service.new_study import make_study
from service.settings import Settings


def test_a_group_beside_its_code_is_listed_once_for_its_coder(tmp_path: Path) -> None:
    """With the place as people count; a group alone, codes of another group and a consensus are no slip."""
    study, codebook = make_study(tmp_path / "study", codebook="common-framework", config={"name": "S"})
    parts = Parts(study, Settings(tmp_path / "state"))
    group, code, other = "internal-context", "internal-context-culture", "process-planning"
    transcript = a_transcript("A-01", "Why?", "Because.", "And?", "So.", wave="1")
    first, second = (turn.span for turn in transcript.participants_turns)

    def coded(coder: str, span: Span, *codes: str, condition: Condition = Condition.INDEPENDENT) -> Review:
        codings = tuple(Coding(one, span) for one in codes)
        return Review(kept, coder, span, codings, condition=condition, codebook_version=version, id=uuid4())

    with parts.store.writing() as connection:
        kept = add_transcript(connection, transcript)
        version = keep_codebook(connection, codebook)
        add_reviews(
            connection,
            [
                coded("Ada", first, group, code, other),
                coded("Ada", second, group, other),
                coded("Bo", first, code),
                coded("Both", first, group, code, condition=Condition.MODERATED),
            ],
        )
    (doubt,) = second_look(parts)
    assert (doubt.coder, doubt.place) == ("Ada", "A-01, turn 2")
    assert doubt.found == '"Internal context" beside "Culture", which belongs to it'
    parts.close()
