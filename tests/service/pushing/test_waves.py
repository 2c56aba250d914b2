"""A push of one wave reads the suggestions of that wave alone."""

from __future__ import annotations

from pathlib import Path
from typing import cast
from uuid import UUID

from builders import a_transcript
from fake_label_studio import keys_of, pushed_study

from annotations.codebook.codes import Codebook
from annotations.label_studio.client import LabelStudio
from annotations.segment import Segment
from annotations.store.model_versions import get_model, promote
from annotations.store.segments import add_segments, segments_of
from annotations.store.suggestions import Suggested, add_suggestions
from annotations.store.transcripts import add_transcript
from service.pushing.push_options import PushOptions
from service.pushing.waves import _Push


def test_other_waves_are_not_read(tmp_path: Path, codebook: Codebook) -> None:
    """Which waves have suggestions is known from their counts; what was suggested is read wave by wave."""
    parts = pushed_study(tmp_path / "study", codebook)
    first = keys_of(parts)
    transcript = a_transcript("JKG-02", "And you?", "A first word.", "Yes?", "A second word.", wave="2")
    silent = a_transcript("JKG-03", "And you?", "A word that nobody spoke of.", wave="3")
    with parts.store.writing() as connection:
        model = get_model(connection, "v1")
        promote(connection, model.id, verdict="better", reason="first")
        for other in (transcript, silent):
            cut = [
                Segment(at, turn.index, turn.speaker, turn.role, turn.span)
                for at, turn in enumerate(other.participants_turns)
            ]
            add_segments(connection, add_transcript(connection, other), parts.segmentation.version, cut)
        of_all = [
            [segment.id for segment in cut if segment.id is not None]
            for cut in segments_of(connection, parts.segmentation.version).values()
        ]
        second = next(ids for ids in of_all if len(ids) == 2)
        spoken: list[UUID] = [*first, *second]
        add_suggestions(connection, model.id, [Suggested(key, (0.9, 0.1), ("money",)) for key in spoken])
    push = _Push(parts, cast(LabelStudio, None), PushOptions(), None)
    assert push._waves_with_suggestions() == ["1", "2"]
    assert [ids for _, ids in push._transcripts("2")] == [second]
    assert list(push.found) == second
    assert [ids for _, ids in push._transcripts("1")] == [first]
    assert push._transcripts("3") == []
    assert set(push.found) == set(spoken)
    parts.close()
