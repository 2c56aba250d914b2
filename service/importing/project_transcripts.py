"""A source of a project becomes a transcript of the study, or meets the one that is there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from annotations.names import folded
from annotations.refi.source_text import found_once
from annotations.store.tables import transcripts
from annotations.store.transcripts import (
    KeptTranscript,
    add_transcript,
    get_transcript,
    redescribe_transcript,
    same_name,
    transcript_names,
)
from annotations.store.withdrawals import withdrawal_of
from annotations.transcript import Span, Transcript
from service.importing.project_file import SourceRead

# of words that stand once in a transcript of the same name, few are enough
_FEWEST = 3


@dataclass(frozen=True)
class Arrived:
    """What became of a source. ``name``: what the project calls it; ``kept``: the transcript here, None for none.

    ``text``: the project's text, where the transcript here is laid out otherwise.
    """

    name: str
    kept: Transcript | None
    state: str
    refused: str = ""
    note: str = ""
    text: str | None = None

    def place(self, span: Span) -> Span | None:
        """The place of a passage in the transcript that is kept: the same, or where its words stand once."""
        if self.text is None or self.kept is None:
            return span
        return found_once(self.kept.text, span.of(self.text), fewest=_FEWEST)


def other_transcripts(connection: Connection, sources: Sequence[SourceRead]) -> frozenset[str]:
    """The names of transcripts that are here, and that no source of the project goes by.

    Only these are taken for a source of another name with the same words: two people may give the same short answer.
    """
    theirs = {folded(source.name) for source in sources}
    return frozenset(name for name in transcript_names(connection) if folded(name) not in theirs)


def keep_source(connection: Connection, file: str, source: SourceRead, others: frozenset[str]) -> Arrived:
    """Keep a source as a transcript. The same words that are there already are recognised, also under another name.

    ``others``: see ``other_transcripts``.
    """
    transcript = source.transcript
    if transcript is None:
        return Arrived(source.name, None, "left out")
    gone = withdrawal_of(connection, transcript.participant) if transcript.participant else None
    if gone is not None:
        return Arrived(
            source.name,
            None,
            "refused",
            f'{file}, source "{source.source.name}": participant {gone.participant} withdrew on {gone.created:%Y-%m-%d}, so '
            f'nothing of theirs is imported. Leave it out with --map (what: source, ours: "-"), or give another code.',
        )
    before = same_name(connection, transcript.name) or _same_words(connection, transcript, others)
    if before is None:
        add_transcript(connection, transcript)
        return Arrived(source.name, transcript, "new")
    if before.transcript.text_hash == transcript.text_hash:
        return _described(connection, source, before, transcript)
    words = [span.of(transcript.text) for _, span in source.placed.passages] if source.placed else []
    times_there = sum(found_once(before.transcript.text, said, fewest=_FEWEST) is not None for said in words)
    if words and times_there >= len(words) / 2:
        note = (
            f'source "{source.source.name}": the transcript "{before.transcript.name}" that is here is laid out otherwise; '
            f"{times_there} of {len(words)} passages were found in it by their words."
        )
        return Arrived(source.name, before.transcript, "already there", note=note, text=transcript.text)
    return Arrived(
        source.name,
        None,
        "refused",
        f'{file}, source "{source.source.name}": a transcript "{before.transcript.name}" with other words is there already. '
        f'Give the source another name with --map (what: source), or leave it out there with "-".',
    )


def _described(
    connection: Connection, source: SourceRead, before: KeptTranscript, transcript: Transcript
) -> Arrived:
    """What the study does not know yet of a transcript is taken from the project; what it knows stays."""
    keys = ("case", "site", "wave", "participant", "session")
    more = {
        key: getattr(transcript, key)
        for key in keys
        if getattr(transcript, key) and not getattr(before.transcript, key)
    }
    if before.transcript.date is None and transcript.date is not None:
        more["date"] = transcript.date
    if not more:
        return Arrived(source.name, before.transcript, "already there")
    described = replace(before.transcript, **more)
    redescribe_transcript(connection, before.id, described)
    return Arrived(source.name, described, "described anew")


def _same_words(
    connection: Connection, transcript: Transcript, others: frozenset[str]
) -> KeptTranscript | None:
    wanted = select(transcripts.c.name).where(transcripts.c.text_hash == transcript.text_hash)
    names = [name for name in connection.execute(wanted).scalars() if name in others]
    return get_transcript(connection, names[0]) if len(names) == 1 else None
