"""Whose words are quoted, and before whom."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from builders import a_transcript
from made_up_study import MadeUp, fill
from study_to_push import StudyToPush

from annotations.coding import Draw, Evidence
from annotations.deal_and_draw import DealtSegment
from annotations.store.suggestions import Suggested
from annotations.store.tables import transcripts
from annotations.store.transcripts import add_transcript, all_transcripts
from annotations.transcript import Consents, Span
from models.corpus import read_corpus
from service.agreement.disagreements import WantedDisagreements, disagreements
from service.agreement.report import ReportScope
from service.label_studio.local import Access
from service.pushing.passage_shown import ShownPassages


@pytest.mark.parametrize(
    ("consents", "elsewhere", "north", "everywhere"),
    [
        (Consents(may_quote=False), False, False, False),
        (Consents(may_quote=True), True, True, True),
        (Consents(may_quote=True, visible_to=("North", "East")), False, True, False),
        (Consents(may_quote=True, visible_to=()), False, False, False),
        (Consents(may_quote=False, visible_to=("North",)), False, False, False),
    ],
)
def test_words_are_quoted_where_they_may_be_seen(
    consents: Consents, elsewhere: bool, north: bool, everywhere: bool
) -> None:
    """Sites in any case; None asks for everybody."""
    asked = [consents.may_quote_at(site) for site in ("South", " NORTH", None)]
    assert asked == [elsewhere, north, everywhere]


def test_evidence_stays_at_its_sites(tmp_path: Path) -> None:
    """A passage shows the nearest quote that its own site may see, and else none."""
    made = StudyToPush(tmp_path / "study", Access("http://127.0.0.1:9", "", "", "t"))
    consented = Consents(may_quote=True, visible_to=("North",))
    with made.parts.store.writing() as connection:
        for name, site, consents in (
            ("A-01", "North", consented),
            ("A-02", "South", Consents(may_quote=True)),
            ("A-03", "North", Consents()),
        ):
            words = ("Well?", f"words of {name}")
            add_transcript(connection, a_transcript(name, *words, site=site, consents=consents))
    corpus = read_corpus(made.parts.store, made.parts.segmentation)
    version = made.suggest("v1")
    code = made.codes[0]
    secret, free, closed = corpus.ids
    nearest = (Evidence(secret, 0.9), Evidence(free, 0.8))
    with made.parts.store.reading() as connection:
        turns = {kept.id: kept.transcript.turns for kept in all_transcripts(connection)}
    said = {one: Suggested(one, (0.9, 0, 0, 0, 0), (code,), {code: nearest}) for one in corpus.ids}
    shown = ShownPassages(corpus, turns, made.codebook, lambda _: (version, said), label="v1", draws=False)
    why = {one: shown.data(DealtSegment(one, Draw.ORDINARY), version.id)["why"] for one in corpus.ids}
    made.parts.close()
    assert "words of A-01" in why[closed]
    assert "words of A-01" not in why[free]
    assert "words of A-02" in why[free]


def test_the_reasons_name_the_sentence_that_is_on_record(tmp_path: Path) -> None:
    """The words of its span stand beside the suggestion; where none is on record, nothing stands there."""
    made = StudyToPush(tmp_path / "study", Access("http://127.0.0.1:9", "", "", "t"))
    made.add("A-01", units=2)
    corpus = read_corpus(made.parts.store, made.parts.segmentation)
    version, code = made.suggest("v1"), made.codes[0]
    begin = corpus.segment(0).span.start
    spans: tuple[Mapping[str, Span] | None, ...] = ({code: Span(begin, begin + 4)}, None)
    said = {
        one: Suggested(one, (0.9, 0, 0, 0, 0), (code,), sentences=its)
        for one, its in zip(corpus.ids, spans, strict=True)
    }
    with made.parts.store.reading() as connection:
        turns = {kept.id: kept.transcript.turns for kept in all_transcripts(connection)}
    shown = ShownPassages(corpus, turns, made.codebook, lambda _: (version, said), label="v1", draws=False)
    first, second = (shown.data(DealtSegment(one, Draw.ORDINARY), version.id)["why"] for one in corpus.ids)
    made.parts.close()
    assert "Carried by: “A-01”" in first
    assert "Carried by" not in second


@pytest.mark.slow
def test_a_report_quotes_a_site_only_to_itself(tmp_path: Path) -> None:
    """A page for everybody leaves out what one site alone may see; a page about that site holds it."""
    made = StudyToPush(tmp_path / "study", Access("http://127.0.0.1:9", "", "", "t"))
    fill(made.parts, MadeUp(transcripts=4, turns=10, model=False, repeats=False))
    with made.parts.store.writing() as connection:
        connection.execute(transcripts.update().values(site="North", may_quote=True, visible_to=["North"]))
    for site, some in ((None, False), ("North", True)):
        assert (
            bool(disagreements(made.parts, WantedDisagreements(ReportScope(site=site), quotable_only=True)))
            is some
        )
    made.parts.close()
