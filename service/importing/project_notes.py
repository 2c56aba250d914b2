"""What people are told of a project that comes in: what was left out and why, and what to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotations.attributes import Attribute, Owner, fault_of_attribute
from annotations.codings.codings_file import PlacedCoding
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.study.config import StudyConfig
from annotations.study.speakers import speakers_of
from service.importing.project_codings import NOBODY, ReadCodings, counts_of
from service.importing.project_file import ProjectRead
from service.importing.project_outcome import ProjectOutcome, SourceOutcome, unit_in_words
from service.importing.project_transcripts import Arrived

_MOST = 20


def tell(outcome: ProjectOutcome, read: ProjectRead, taken: ReadCodings, arrived: Sequence[Arrived]) -> None:
    """Put into the outcome who coded, what was left out by reason with its places, and notes."""
    outcome.coders = taken.coders
    for reason, places in taken.left.items():
        outcome.leave(f"coding not taken: {reason}", places)
    for source in read.sources:
        if source.why_not:
            outcome.leave(f"source not taken: {source.why_not}", [source.shown])
            outcome.leave(
                "coding in a source that is not taken", [f'source "{source.source.name}"'] * source.codings
            )
    for what, count in read.project.left.items():
        outcome.leave(f"not taken: {what}", [""] * count)
    without = [
        f'source "{source.source.name}"'
        for source in read.sources
        for s in source.source.selections
        if not s.codings
    ]
    outcome.leave("passage without a code, such as a comment", without)
    sets = [f'"{name}"' for name in read.belonging.sets]
    outcome.leave("set of codes, or of sources that says nothing known here", sets)
    unused = [note.guid for note in read.project.notes.values() if note.guid not in taken.notes_used]
    on_codes = {guid for code in read.project.codes for guid in code.notes}
    outcome.leave(
        "memo that hangs on no coding", [""] * len([memo for memo in unused if memo not in on_codes])
    )
    if outcome.codebook == "matched":
        outcome.leave("memo on a code: your codebook stays as it is", [""] * len(on_codes))
    outcome.notes += list(_notes(read, taken))
    outcome.notes += [came.note for came in arrived if came.note]


def _notes(read: ProjectRead, taken: ReadCodings) -> Iterator[str]:
    if taken.of_models:
        yield (
            f"{counted(taken.of_models, 'coding is', 'codings are')} a Tandem model's and no person's: suggestions do not "
            f"become codings, so they are not taken."
        )
    if taken.on_cases:
        yield f"{counted(taken.on_cases, 'passage names', 'passages name')} a case instead of a code: whose words these are."
    if taken.on_whole:
        yield (
            f"{counted(taken.on_whole, 'code stands', 'codes stand')} on a whole source: kept as a coding from beginning "
            f"to end."
        )
    by_words = sum(source.placed.by_words for source in read.sources if source.placed)
    if by_words:
        yield (
            f"{counted(by_words, 'passage was', 'passages were')} found by the words on record, for want of a position."
        )
    if NOBODY in taken.coders.values():
        yield f'the project does not say who made some codings; they are kept as "{NOBODY}". Say so with --coder.'
    for source in read.sources:
        if source.found is not None and source.found.read is not None:
            yield from (f'source "{source.source.name}": {warning}' for warning in source.found.read.warnings)
        if source.placed is not None and not source.placed.decision.sure and source.transcript is not None:
            counting = source.placed.decision.counting
            yield (
                f'source "{source.source.name}": its passages do not tell how its positions were counted; taken '
                f"{counting.in_words if counting else 'by their words'}. Look at a few."
            )
    yield from read.belonging.notes[:_MOST]
    if len(read.belonging.notes) > _MOST:
        yield f"… and {len(read.belonging.notes) - _MOST} more such notes."


def count_sources(
    outcome: ProjectOutcome, read: ProjectRead, arrived: Sequence[Arrived], placed: Sequence[PlacedCoding]
) -> None:
    """Put into the outcome each source with what became of it, and how its positions were counted."""
    counts = counts_of(placed)
    for source, came in zip(read.sources, arrived, strict=True):
        kept = came.kept
        how, evidence = unit_in_words(source.placed.decision) if source.placed else ("", "")
        outcome.sources.append(
            SourceOutcome(
                source=source.source.name,
                transcript=kept.name if kept else "",
                state=came.state,
                participant=kept.participant if kept else "",
                case=kept.case if kept else "",
                site=kept.site if kept else "",
                wave=kept.wave if kept else "",
                passages=len(source.placed.passages) if source.placed else 0,
                codings=counts.get(kept.name, 0) if kept else 0,
                unit=how,
                evidence=evidence,
            )
        )


def of_participants(
    read: ProjectRead, arrived: Sequence[Arrived], outcome: ProjectOutcome
) -> list[Attribute]:
    """What the project says of sources besides, as attributes of their participants; a source of nobody keeps none."""
    attributes, without = [], []
    for source, came in zip(read.sources, arrived, strict=True):
        own = read.belonging.of_sources.get(source.source.guid, {})
        if not own or came.kept is None:
            continue
        if not came.kept.participant:
            without.append(f'source "{source.source.name}"')
            continue
        for name, value in own.items():
            if fault := fault_of_attribute(name, value):
                outcome.notes.append(f'source "{source.source.name}": {fault}: not kept.')
            else:
                attributes.append(Attribute(Owner.PARTICIPANT, came.kept.participant, name, value))
    outcome.leave("variables of a source that names no participant", without)
    return attributes


def about_speakers(arrived: Sequence[Arrived], config: StudyConfig) -> Iterator[str]:
    """Who speaks in new transcripts without study.yaml saying in which role, and which transcripts name nobody."""
    new = [came.kept for came in arrived if came.state == "new" and came.kept is not None]
    unknown: dict[str, str] = {}
    for transcript in new:
        for speaker in speakers_of(transcript, config):
            if speaker.label and not speaker.known:
                unknown.setdefault(folded(speaker.label), f'"{speaker.label}"')
    if unknown:
        yield (
            f"{_listed(list(unknown.values()))}: study.yaml does not say whether they ask or answer, so their turns are "
            f"coded. Add them to interviewers or to participant_speakers there first: once codings are in, roles stay."
        )
    silent = [transcript.name for transcript in new if not any(turn.speaker for turn in transcript.turns)]
    if silent:
        yield f"no speakers are named in {_listed(silent)}: each of their paragraphs is coded."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
