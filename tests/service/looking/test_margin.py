"""In the margin of an interview stand a coder's own codes at once, and others' once hers of the passage are in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import update
from study_with_pages import INES, MONEY, TOM, WithPages, study_with_pages

from annotations.coding import Coding, Condition, Draw, Review
from annotations.store.accounts import account_named, set_email
from annotations.store.cell_place import RestingPassage
from annotations.store.codebook_versions import keep_codebook
from annotations.store.doubts import Doubt, add_doubt
from annotations.store.label_studio_users import keep_users
from annotations.store.loose_codings import add_loose_codings
from annotations.store.model_versions import ModelVersion, add_model, promote
from annotations.store.reviews import add_reviews
from annotations.store.suggestions import Suggested, add_suggestions
from annotations.store.tables import label_studio_tasks
from annotations.store.transcripts import transcript_by_id
from annotations.transcript import Span
from service.access.policy import NotAllowed
from service.access.viewer import Viewer, ViewerRole
from service.doubts.seen import doubts_seen
from service.looking.codebook_read import team_examples
from service.looking.margin import MarginTurn, read_with_margin
from service.looking.my_work import work_of
from service.looking.seen_passages import SeenPassages

LEAD = Viewer(None, "Lea", ViewerRole.LEAD)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WithPages]:
    """The study; tests add to it and take nothing away."""
    made = study_with_pages(tmp_path_factory.mktemp("margin"))
    yield made
    made.parts.close()


def _coder(name: str) -> Viewer:
    return Viewer(uuid4(), name, ViewerRole.CODER)


def _turn(made: WithPages, viewer: Viewer, at: int) -> MarginTurn:
    """The turn of the passage with this place among those to code."""
    found = read_with_margin(made.parts, viewer, made.both)
    assert found is not None
    return found.turns[made.passages[at].turn]


def _coders(turn: MarginTurn) -> list[str]:
    return [one.coder for one in turn.codes]


def test_others_show_once_ones_own_is_in(kept: WithPages) -> None:
    """Both have judged the first three passages, Ines the next as well; nobody sees further than she has judged."""
    assert _coders(_turn(kept, _coder(INES), 0)) == [INES, TOM]
    assert _coders(_turn(kept, _coder(TOM), 0)) == [TOM, INES]
    assert _coders(_turn(kept, _coder(INES), 4)) == [INES]
    assert _coders(_turn(kept, _coder(TOM), 4)) == []
    assert _coders(_turn(kept, LEAD, 4)) == [INES]


def test_a_code_wider_than_what_one_has_judged_does_not_show(kept: WithPages) -> None:
    """Tom has judged the third passage and not the fourth: a code over both would tell him of the fourth."""
    wide = Span(kept.passages[2].span.start, kept.passages[3].span.end)
    with kept.parts.store.writing() as connection:
        add_loose_codings(
            connection, kept.both, "Somebody", Condition.INDEPENDENT, [Coding("internal-context", wide)]
        )
    assert "Somebody" not in _coders(_turn(kept, _coder(TOM), 2))
    assert "Somebody" in _coders(_turn(kept, _coder(INES), 2))
    shown = next(one for one in _turn(kept, LEAD, 2).codes if one.coder == "Somebody")
    assert shown.to_turn == kept.passages[3].turn + 1


def test_suggestions_show_where_others_codes_would(kept: WithPages) -> None:
    """The lead sees them at once, a coder once her own codes of the passage are in."""
    first, fourth = kept.passages[0], kept.passages[4]
    with kept.parts.store.writing() as connection:
        book = keep_codebook(connection, kept.parts.codebook)
        model = ModelVersion(
            id=uuid4(), version="v7", kind="trained", folder="v7", sha256="0" * 64, codebook_version=book,
            segmentation=kept.parts.segmentation.version, embedder="words", reviews_hash="0" * 64, reviews=3,
            codes=(MONEY, "internal-context"), thresholds={MONEY: 0.5, "internal-context": 0.5}, figures={},
        )  # fmt: skip
        add_model(connection, model, [])
        promote(connection, model.id, verdict="better", reason="made up")
        said = [Suggested(one.id, [0.83, 0.2], (MONEY,)) for one in (first, fourth) if one.id]
        add_suggestions(connection, model.id, said)
    shown = _turn(kept, _coder(INES), 0).suggestions
    assert [(one.code, one.percent, one.version) for one in shown] == [(MONEY, 83, "v7")]
    assert _turn(kept, _coder(TOM), 4).suggestions == ()
    assert len(_turn(kept, LEAD, 4).suggestions) == 1
    assert _turn(kept, LEAD, 1).suggestions == ()


def test_a_doubt_shows_where_codes_would(kept: WithPages) -> None:
    """What somebody asks of a passage may tell how she coded it; her own she sees always."""
    with kept.parts.store.writing() as connection:
        found = transcript_by_id(connection, kept.both)
        assert found is not None
        at = RestingPassage(kept.both, kept.passages[6].span, found.transcript.text_hash)
        add_doubt(connection, Doubt(INES, "Why does it say so here?", True, passage=at))
    for viewer, sees in ((_coder(INES), True), (_coder(TOM), False), (LEAD, True)):
        assert bool(_turn(kept, viewer, 6).doubts) is sees
        assert any("Why does it" in one.doubt.text for one in doubts_seen(kept.parts, viewer)) is sees
    reader = Viewer(uuid4(), "Rita", ViewerRole.READER, sees_text=True)
    assert doubts_seen(kept.parts, reader) == ()


def test_examples_of_a_code_are_passages_that_one_may_see(kept: WithPages) -> None:
    """Tom sees of NRB-03 what he and Ines coded in the passages that he has judged."""
    ours = {kept.passages[at].span.of(_text(kept)) for at in (0, 2)}
    further = kept.passages[4].span.of(_text(kept))
    assert ours <= {one.words for one in team_examples(kept.parts, _coder(TOM), MONEY)}
    assert further not in {one.words for one in team_examples(kept.parts, _coder(TOM), MONEY)}
    assert further in {one.words for one in team_examples(kept.parts, _coder(INES), MONEY)}


def test_who_may_not_read_an_interview_is_refused(kept: WithPages) -> None:
    """A reader without text; to a coder of another site it is not there, as one of an unknown id."""
    with pytest.raises(NotAllowed):
        read_with_margin(kept.parts, Viewer(uuid4(), "Rita", ViewerRole.READER), kept.both)
    elsewhere = Viewer(uuid4(), "Cleo", ViewerRole.CODER, sites=frozenset({"Community team"}))
    assert read_with_margin(kept.parts, elsewhere, kept.both) is None
    assert read_with_margin(kept.parts, LEAD, uuid4()) is None


def test_what_is_done_is_ones_own_and_what_is_next_is_not_done(kept: WithPages) -> None:
    """Of two interviews each half is done; others' reviews and a model's ticks count for nothing."""
    work = {one.name: one for one in work_of(kept.parts, LEAD, INES).interviews}
    both, alone = work["NRB-03"], work["CRK-04"]
    assert (both.passages, both.done, both.left) == (22, 11, 11)
    assert (alone.passages, alone.done) == (30, 15)
    assert (work["NRB-01"].done, work["NRB-01"].next) == (work["NRB-01"].passages, None)
    # Label Studio goes on by itself from the first that is open; what lies further on is opened alone
    assert (alone.next, alone.streams) == ("http://127.0.0.1:8431/projects/7/data?labeling=1", True)
    assert (both.next, both.streams) == ("http://127.0.0.1:8431/projects/7/data?task=742", False)
    toms = {one.name: one for one in work_of(kept.parts, LEAD, "tom okafor").interviews}
    assert (toms["NRB-03"].done, "CRK-04" in toms) == (3, False)


def test_a_colleague_who_is_still_to_judge_hides_nobodys_own_codes(kept: WithPages) -> None:
    """A passage is for both, and Tom has not judged it: Ines sees hers at once, Tom nothing, the model's word nobody."""
    span = kept.passages[10].span
    assert any(one.own for one in _turn(kept, _coder(INES), 10).codes)
    with kept.parts.store.writing() as connection:
        task = label_studio_tasks
        its = task.c.segment_id == kept.passages[10].id
        connection.execute(update(task).where(its).values(draw=Draw.DOUBLE.value))
    assert any(one.own for one in _turn(kept, _coder(INES), 10).codes)
    assert _turn(kept, _coder(TOM), 10).codes == ()
    with kept.parts.store.reading() as connection:
        found = transcript_by_id(connection, kept.both)
        assert found is not None
        assert not SeenPassages.now(connection, _coder(INES), found).own_is_in(span)
    with kept.parts.store.writing() as connection:
        connection.execute(update(task).where(its).values(draw=Draw.ORDINARY.value))


def test_what_she_found_without_a_code_is_said(kept: WithPages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of her own passages alone, and of none that she is to judge again: the first answer would sway the second."""
    said = {name: [_turn(kept, _coder(name), at).nothing for at in (0, 1, 3, 20)] for name in (INES, TOM)}
    assert said == {INES: [False, True, True, False], TOM: [False, True, False, False]}
    assert not _turn(kept, LEAD, 1).nothing
    monkeypatch.setattr(SeenPassages, "waits_for_viewer", lambda *_: True)
    assert not _turn(kept, _coder(INES), 1).nothing


def test_whether_she_can_enter_label_studio_is_known_by_her_address(kept: WithPages) -> None:
    """Her account's address, and whether Label Studio has a user of it; nothing of somebody without an account."""
    with kept.parts.store.writing() as connection:
        set_email(connection, account_named(connection, INES).id, "ines@example.org")  # type: ignore[union-attr]
    found = work_of(kept.parts, LEAD, INES)
    assert (found.known_as, found.address) == ("", "ines@example.org")
    with kept.parts.store.writing() as connection:
        keep_users(connection, "http://127.0.0.1:8431", {5: "Ines@example.org"})
    assert work_of(kept.parts, LEAD, INES).known_as == "ines@example.org"
    assert work_of(kept.parts, LEAD, "Nobody").known_as == ""


def test_people_are_led_where_they_reach_label_studio(
    kept: WithPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a team's server the address that Tandem uses is none that a browser reaches."""
    settings = replace(
        kept.parts.settings,
        label_studio_url="http://127.0.0.1:8431",
        label_studio_public_url="https://label.example.org",
    )
    monkeypatch.setattr(kept.parts, "settings", settings)
    work = work_of(kept.parts, LEAD, INES)
    assert {one.next.partition("/projects")[0] for one in work.interviews if one.next} == {
        "https://label.example.org"
    }
    turn = _turn(kept, _coder(INES), 20)
    assert turn.task is not None
    assert turn.task.startswith("https://label.example.org/projects/7/data?task=")


def test_what_one_may_not_know_of_is_not_in_the_work(kept: WithPages) -> None:
    """A coder who is limited to a site sees its interviews alone."""
    limited = Viewer(uuid4(), INES, ViewerRole.CODER, sites=frozenset({"Acute ward"}))
    assert {one.site for one in work_of(kept.parts, limited, INES).interviews} == {"Acute ward"}


def test_a_review_with_nothing_opens_the_passage_too(kept: WithPages) -> None:
    """Looked, nothing applies: that is a judgement."""
    assert _coders(_turn(kept, _coder(TOM), 8)) == []
    with kept.parts.store.writing() as connection:
        version = keep_codebook(connection, kept.parts.codebook)
        span = kept.passages[8].span
        add_reviews(connection, [Review(kept.both, TOM, span, codebook_version=version, id=uuid4())])
    assert _coders(_turn(kept, _coder(TOM), 8)) == [INES]


def _text(made: WithPages) -> str:
    with made.parts.store.reading() as connection:
        found = transcript_by_id(connection, made.both)
    assert found is not None
    return found.transcript.text
