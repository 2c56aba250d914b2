"""After a transcript was corrected, what arrives about a task lands on the words that the task shows, or on none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_label_studio import FakeLabelStudio, chosen
from reviews_arriving import deliver, pull_now, reviews_of

from annotations.errors import BadInput
from annotations.store.label_studio_projects import projects
from annotations.store.pushed_tasks import PushedTask, keep_tasks
from annotations.store.seen_annotations import count_set_aside
from annotations.store.segments import segments_of
from annotations.store.transcript_versions import open_passages
from annotations.store.transcripts import KeptTranscript, get_transcript
from annotations.transcript import SpokenTurn, Transcript, canonical
from service.access.viewer import Viewer, ViewerRole
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.corrections.list_set_aside import set_aside, set_aside_of
from service.importing.new_versions import Replaced, put_in_its_place
from service.importing.settle_changed import drop_changed, keep_changed
from service.looking.my_work import work_of
from service.looking.study_work import study_work


def _kept(parts: Parts) -> KeptTranscript:
    with parts.store.reading() as connection:
        return get_transcript(connection, "JKG-01")


def _corrected(before: Transcript, *words: tuple[str, str]) -> Transcript:
    spoken = [SpokenTurn(turn.speaker, turn.span.of(before.text)) for turn in before.turns]
    for old, new in words:
        spoken = [replace(one, words=new if one.words == old else one.words) for one in spoken]
    asking = [turn.speaker for turn in before.turns if not turn.role.is_coded]
    text, turns = canonical(spoken, list(dict.fromkeys(asking)))
    return replace(before, text=text, turns=turns)


def _replace(parts: Parts, *words: tuple[str, str]) -> Replaced:
    kept = _kept(parts)
    with parts.store.writing() as connection:
        return put_in_its_place(parts, connection, kept, _corrected(kept.transcript, *words))


def _on(parts: Parts) -> set[tuple[str, str]]:
    text = _kept(parts).transcript.text
    return {(one.coder, one.span.of(text)) for one in reviews_of(parts)}


def _hand_out_anew(parts: Parts, server: FakeLabelStudio, words: str) -> int:
    """The passage that reads so now gets a task, as a push makes it; returns its number."""
    kept, number = _kept(parts), len(server.tasks) + 1
    with parts.store.writing() as connection:
        (project,) = projects(connection)
        cut = segments_of(connection, parts.segmentation.version)[kept.id]
        (key,) = [one.id for one in cut if one.id and one.span.of(kept.transcript.text) == words]
        keep_tasks(connection, project.id, [PushedTask(key, number, "h", None, server.now)])
    data = {"segment_id": str(key), "words": words}
    server.tasks[number] = {**server.tasks[1], "id": number, "data": data, "annotations": []}
    return number


LONGER = ("Words number 0 of somebody.", "Words number zero, and many more, of somebody.")
TYPO = ("Words number 3 of somebody.", "Words numbered 3 of somebody.")


def test_a_task_whose_words_stay_is_about_these_words(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """Its review moves along, and a later word of its coder lands at the new place."""
    number = server.save(1, 1, chosen("money"))
    deliver(inbox, server.told[-1])
    done = _replace(parts, LONGER, TYPO)
    assert (done.reviews, done.waiting) == (1, ())
    assert _on(parts) == {("Ada", "Words number 1 of somebody.")}
    server.now = server.now.replace(hour=11)
    server.update(number, chosen("people"))
    assert deliver(inbox, server.told[-1])["superseded"] == 1
    server.save(4, 2, chosen("money"))
    deliver(inbox, server.told[-1])
    assert _on(parts) == {("Ada", "Words number 1 of somebody."), ("Bo", "Words number 7 of somebody.")}


@pytest.mark.parametrize("by_webhook", [True, False])
@pytest.mark.slow
def test_a_task_whose_words_changed_lands_on_no_others(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox, by_webhook: bool
) -> None:
    """What was said before waits for a person; what is said of the old words now is set aside with the reason."""
    server.save(2, 1, chosen("money"))
    deliver(inbox, server.told[-1])
    done = _replace(parts, LONGER, TYPO)
    assert [(one.coder, one.before) for one in done.waiting] == [("Ada", TYPO[0])]
    assert done.tasks == 1
    server.save(2, 2, chosen("people"))
    if by_webhook:
        deliver(inbox, server.told[-1])
    pull_now(parts, server)
    assert _on(parts) == set()
    (aside,) = set_aside(parts)
    assert aside.user == "bo@example.org"
    assert "corrected" in aside.why
    assert pull_now(parts, server).set_aside == 1


def test_what_is_said_before_the_correction_and_told_after_it(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """A webhook that waited while the text was corrected is about the old words too."""
    server.save(2, 2, chosen("people"))
    _replace(parts, LONGER, TYPO)
    deliver(inbox, server.told[-1])
    assert _on(parts) == set()
    assert len(set_aside(parts)) == 1


def test_a_segment_means_the_same_words_for_ever(parts: Parts) -> None:
    """Ids stay where the words do, are never given to other words, and come back for none, even if the text does."""

    def words_by_id() -> dict[str, str]:
        kept = _kept(parts)
        with parts.store.reading() as connection:
            cut = segments_of(connection, parts.segmentation.version)[kept.id]
        return {str(one.id): one.span.of(kept.transcript.text) for one in cut}

    seen = words_by_id()
    back = [(new, old) for old, new in (LONGER, TYPO)]
    for step in ((LONGER, TYPO), back, (LONGER, TYPO)):
        before = words_by_id()
        _replace(parts, *step)
        now = words_by_id()
        assert all(seen.get(key, words) == words for key, words in now.items())
        assert {key for key, words in before.items() if words in now.values()} <= set(now)
        seen |= now


@pytest.mark.parametrize("then", ["corrects", "deletes", "skips"])
def test_no_earlier_word_comes_back_on_words_that_changed(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox, then: str
) -> None:
    """Where another annotation of the same coder still says something of the old words, it speaks of none of the new ones.

    Its place would be that of the old text, and whoever settles what waits would find it settled.
    """
    server.save(2, 1, chosen("money"))
    deliver(inbox, server.told[-1])
    server.now = server.now.replace(minute=30)
    second = server.save(2, 1, chosen("people"))
    deliver(inbox, server.told[-1])
    _replace(parts, LONGER, TYPO)
    assert _on(parts) == set()
    server.now = server.now.replace(hour=12)
    if then == "deletes":
        server.delete(second)
    else:
        server.update(second, chosen("money", "people"), was_cancelled=then == "skips")
    counted = deliver(inbox, server.told[-1])
    pull_now(parts, server)
    assert (counted["new"], counted["superseded"], _on(parts)) == (0, 0, set())
    with parts.store.reading() as connection:
        (waits,) = open_passages(connection, _kept(parts).id)
    assert keep_changed(parts, _kept(parts), [waits.number], by="Lea") == 1
    assert _on(parts) == {("Ada", TYPO[1])}


def test_whoever_has_judged_the_new_words_is_asked_about_the_old_ones_no_more(
    parts: Parts, server: FakeLabelStudio
) -> None:
    """An answer about words that stand no more is listed until its own coder has judged what took their place."""
    server.save(2, 1, chosen("money"))
    pull_now(parts, server)
    _replace(parts, TYPO)
    server.now = server.now.replace(hour=11)
    server.save(2, 1, chosen("people"))
    server.save(2, 2, chosen("people"))
    pull_now(parts, server)
    assert [len(set_aside_of(parts, coder)) for coder in ("Ada", "Bo")] == [1, 1]
    number = _hand_out_anew(parts, server, TYPO[1])
    server.now = server.now.replace(hour=12)
    server.save(number, 1, chosen("money"))
    pull_now(parts, server)
    assert ("Ada", TYPO[1]) in _on(parts)
    assert [len(set_aside_of(parts, coder)) for coder in ("Ada", "Bo")] == [0, 1]
    with parts.store.reading() as connection:
        assert count_set_aside(connection) == len(set_aside(parts)) == 1
        (waits,) = open_passages(connection, _kept(parts).id)
    before = _on(parts)
    # what she said of the old words would come after what she said of the new ones
    with pytest.raises(BadInput, match="Ada has judged the words of 1 in JKG-01 since they were corrected"):
        keep_changed(parts, _kept(parts), [waits.number], by="Lea")
    assert drop_changed(parts, _kept(parts), [waits.number], by="Lea") == 1
    assert _on(parts) == before


def test_words_that_stand_no_more_are_not_left_for_anybody(parts: Parts, server: FakeLabelStudio) -> None:
    """A task that shows them stays where somebody has begun on it, and nothing that is said there counts."""
    server.save(2, 1, chosen("money"))
    pull_now(parts, server)
    lead = Viewer(None, "Lea", ViewerRole.LEAD)
    (before,) = work_of(parts, lead, "Ada").interviews
    assert (before.passages, before.done, before.left) == (6, 1, 5)
    _replace(parts, TYPO)
    (now,) = work_of(parts, lead, "Ada").interviews
    assert (now.passages, now.done, now.left) == (5, 0, 5)
    with parts.store.reading() as connection:
        (row,) = study_work(connection, parts.settings, parts.segmentation.version)
    assert (row.passages, row.done, row.left) == (5, 0, 5)
