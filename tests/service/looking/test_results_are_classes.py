"""What looking at a study gives back are small frozen classes, and what they print as JSON stays as it was."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from coded_study import make_coded_study, opened
from commands import commands_on

from annotations.attributes import Attribute, Owner
from annotations.errors import BadInput
from annotations.store.attributes import keep_attributes
from service.agreement.consensus import Recorded
from service.agreement.disagreements import Disagreement
from service.looking.history import History, Past
from service.looking.suggestions_list import ListedSuggestion
from service.looking.text_versions import EarlierPlace, EarlierVersion

HISTORY = ["transcript", "turn", "whole_turn", "start", "end", "text", "version", "earlier_versions", "asks",
           "codings_without_review", "reviews"]  # fmt: skip
REVIEW = ["review", "coder", "came", "start", "end", "condition", "draw", "state", "codes", "codings", "memo", "model_version",
          "suggested", "accepted", "rejected", "added", "offered", "offered_and_taken", "offered_not_taken", "lead_time",
          "supersedes", "earlier"]  # fmt: skip
SUGGESTION = ["transcript", "turn", "start", "end", "framework", "code", "probability", "suggested", "model_version",
              "turn_shown", "attributes"]  # fmt: skip


def test_they_are_frozen() -> None:
    """Nobody changes what was found."""
    for kind in (History, Past, EarlierPlace, EarlierVersion, Recorded, Disagreement, ListedSuggestion):
        assert dataclasses.is_dataclass(kind)
        assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert callable(kind.to_json)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
def test_what_they_print_has_the_keys_that_it_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """history and suggestions of a real study; suggestions and status of those alone who have an attribute."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    study = make_coded_study(tmp_path)
    parts = opened(study, tmp_path / "state")
    with parts.store.writing() as connection:
        keep_attributes(connection, [Attribute(Owner.PARTICIPANT, "JKG-01", "Role", "leader")])
    parts.close()
    run = commands_on(study)
    found = run("history", "JKG-01:2")
    assert list(found) == HISTORY
    assert list(found["reviews"][0]) == REVIEW
    run("train")
    run("precode")
    listed = run("suggestions")["suggestions"]
    assert list(listed[0]) == SUGGESTION
    own = run("suggestions", "--where", "role=leader")["suggestions"]
    assert {one["transcript"] for one in own} == {"JKG-01"}
    assert {one["attributes"]["Role"] for one in own} == {"leader"}
    assert {one["transcript"] for one in listed} > {"JKG-01"}
    table = tmp_path / "s.csv"
    run("suggestions", "--csv", str(table))
    assert table.read_text("utf-8").splitlines()[0].endswith("turn_shown,attribute: Role")
    every, some = run("status")["waves"], run("status", "--where", "role=leader")["waves"]
    assert sum(one["transcripts"] for one in some.values()) == 1
    assert sum(one["transcripts"] for one in every.values()) > 1
    with pytest.raises(BadInput, match="leaders"):
        run("status", "--where", "role=leaders")
