"""Whoever saves codes in a passage that she skips is told that they do not count, on My work and beside the passage."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from accounts import KEY, add_person, quick_passwords, signed_in
from fake_label_studio import FakeLabelStudio, chosen, keys_of, pushed_study
from reviews_arriving import pull_now

from annotations.codebook.codes import Codebook
from annotations.store.transcripts import all_transcripts
from service.access.viewer import ViewerRole
from service.web.app import create_app

__all__ = ["quick_passwords"]


@pytest.mark.parametrize(
    ("saved", "passes_s", "count"),
    [
        ([], 60, 0),
        (chosen("money"), 60, 1),
        (chosen("early"), 60, 1),
        (chosen(nothing=True), 60, 1),
        (chosen(memo="Only a thought."), 60, 0),
        # ticked when she skipped, by a model or by her: that was never saved as a decision
        (chosen("money"), 0, 0),
    ],
)
def test_codes_saved_in_a_skipped_passage_are_told(
    tmp_path: Path, codebook: Codebook, quick_passwords: None, saved: list[object], passes_s: int, count: int
) -> None:
    """Until she has cancelled the skip and submitted; a colleague is told nothing of it."""
    parts = pushed_study(tmp_path / "study", codebook)
    for name in ("Ada", "Ben"):
        add_person(parts, name, ViewerRole.CODER)
    app = create_app(parts, key=KEY)
    ada, ben = signed_in(app, "Ada"), signed_in(app, "Ben")
    server = FakeLabelStudio(keys_of(parts))
    skipped = server.save(1, 1, saved if not passes_s else [], was_cancelled=True)
    if passes_s:
        server.now += timedelta(seconds=passes_s)
        server.update(skipped, saved, was_cancelled=True)  # type: ignore[arg-type]
    pull_now(parts, server)
    with parts.store.reading() as connection:
        (kept,) = all_transcripts(connection)
    work, read = ada.get("/work").text, ada.get(f"/interviews/{kept.id}").text
    assert "You skipped 1 passage:" in work
    assert ("In 1 of them codes were saved that do not count" in work) == bool(count)
    assert read.count("You skipped this.") == 1
    assert ("What was saved there does not count until" in read) == bool(count)
    assert ("Nothing that you tick there counts until" in read) == (not count)
    others = ben.get(f"/interviews/{kept.id}").text + ben.get("/work").text
    assert "You skipped" not in others
    server.delete(skipped)
    server.save(1, 1, chosen("money"))
    pull_now(parts, server)
    assert "skipped" not in ada.get(f"/interviews/{kept.id}").text
    assert "codes were saved" not in ada.get("/work").text
    parts.close()
