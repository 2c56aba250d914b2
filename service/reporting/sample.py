"""The sample: cases, participants and sources by wave, as the sampling frame of a methods section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotations.matrix.tables import informant_of
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Kind
from annotations.transcript_kinds import counted_kinds
from service.results.result_parts import ResultTable
from service.results.study_findings import NOT_STATED, StudyFindings


def sampling_frame(findings: StudyFindings) -> ResultTable:
    """A row for each column (case) and wave, and a last one for all."""
    waves = _waves(findings)
    rows = []
    for column in findings.column_names:
        its = [kept for kept in findings.transcripts if findings.column_of[kept.id] == column]
        rows += [
            (column or NOT_STATED, wave or NOT_STATED, *_counts(findings, some))
            for wave in waves
            if (some := [kept for kept in its if kept.transcript.wave == wave])
        ]
    rows.append(("All", "", *_counts(findings, findings.transcripts)))
    return ResultTable(
        name="Sample",
        subject="Sampling frame: participants and sources by case and wave",
        columns=(
            findings.corner.capitalize(),
            "Wave",
            "Sites",
            "Participants",
            *((f"of them, by {findings.role}",) if findings.role else ()),
            "Interviews",
            "Documents",
            "Field notes",
            "Coded",
            "May be quoted",
        ),
        rows=tuple(rows),
        widths=(2.6, 1.4, 2.4, 1.7, *((3.4,) if findings.role else ()), 1.6, 1.7, 1.5, 1.4, 1.7),
        notes=(
            "Each participant is counted once in a row and once in the last row. Coded: sources that somebody has read.",
        ),
    )


def sample_sentences(findings: StudyFindings) -> Iterator[str]:
    """The sample in words, each number the study's own."""
    people = {folded(who) for kept in findings.transcripts if (who := kept.transcript.participant)}
    named = counted_kinds(kept.transcript.kind for kept in findings.transcripts)
    columns = [name for name in findings.column_names if name]
    what, listed = " × ".join(findings.columns.names), ", ".join(columns)
    yield (
        f"The study “{findings.study}” holds {counted(len(findings.transcripts), 'source')} ({named}) of "
        f"{counted(len(people), 'participant')} in {counted(len(columns), what)}"
        f"{f' ({listed})' if columns else ''}."
    )
    waves = [wave for wave in _waves(findings) if wave]
    if waves:
        yield f"They were gathered in {counted(len(waves), 'wave')}."
    dates = sorted(kept.transcript.date for kept in findings.transcripts if kept.transcript.date)
    if dates:
        yield f"The dates that are known lie between {dates[0].isoformat()} and {dates[-1].isoformat()}."
    yield f"{counted(len(findings.read), 'source was', 'sources were')} read and coded."


def _waves(findings: StudyFindings) -> Sequence[str]:
    there = {kept.transcript.wave for kept in findings.transcripts}
    listed = [wave for wave in findings.listed["wave"] if wave in there]
    return [*listed, *sorted(there - {*listed, ""}), *([""] if "" in there else [])]


def _counts(findings: StudyFindings, its: Sequence[KeptTranscript]) -> tuple[str | int, ...]:
    read = {kept.id for kept in findings.read}
    people = {folded(who): who for kept in its if (who := informant_of(kept.transcript))}
    sites = dict.fromkeys(kept.transcript.site for kept in its if kept.transcript.site)
    kinds = [sum(kept.transcript.kind is kind for kept in its) for kind in Kind]
    return (
        ", ".join(sites),
        len(people),
        *((_roles(findings, its),) if findings.role else ()),
        *kinds,
        sum(kept.id in read for kept in its),
        sum(kept.transcript.consents.may_quote for kept in its),
    )


def _roles(findings: StudyFindings, its: Sequence[KeptTranscript]) -> str:
    role_of = {
        folded(kept.transcript.participant): findings.role_of.get(kept.id, "") or "not known"
        for kept in its
        if kept.transcript.participant
    }
    roles = sorted(set(role_of.values()), key=lambda role: (role == "not known", role))
    return ", ".join(f"{role} {list(role_of.values()).count(role)}" for role in roles)
