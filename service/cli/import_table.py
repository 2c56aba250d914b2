"""What "tandem import" prints: the table, what to look at, what the whole import has to be told, and JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.cli.output import say, table, warn

if TYPE_CHECKING:
    from service.importing.import_outcome import Imported, Read, UnknownSpeaker
    from service.importing.transcript_files import NotRead

_SHOWN = 60
_NAMED = 3
_BELONGS = (2, 3, 4, 5)  # the columns of the table that say where a transcript belongs
_LOOK = 7
_ROLES = {"interviewer": "asks", "participant": "answers"}


def show(found: Imported) -> None:
    """Print the table of what was read, and what each file has to be told."""
    rows = [
        (
            Path(one.file).name,
            one.reader,
            one.transcript.participant or "–",
            one.transcript.case or "–",
            one.transcript.site or "–",
            one.transcript.wave or "–",
            _speakers(one.speakers),
            "\n".join(one.suspicion.sentences) or "–",
            one.state,
            len(one.transcript.turns),
        )
        for one in found.read
    ]
    columns = ("file", "reader", "participant", "case", "site", "wave", "speakers", "to look at", "", "turns")
    unsaid = [at for at in _BELONGS if all(row[at] == "–" for row in rows)]
    left = {*unsaid, *([_LOOK] if all(row[_LOOK] == "–" for row in rows) else [])}
    shown = [at for at in range(len(columns)) if at not in left]
    if rows:
        table(
            "", [columns[at] for at in shown], [[row[at] for at in shown] for row in rows[:_SHOWN]], numbers=1
        )
    if len(rows) > _SHOWN:
        say(f"… and {len(rows) - _SHOWN} more")
    for one in found.read:
        warn(*(f"{Path(one.file).name}: {warning}" for warning in one.warnings))
    unknown = f"; no {' or '.join(columns[at] for at in unsaid)} is said of any" if rows and unsaid else ""
    say("", (counts(found) or "no transcript was read") + unknown)
    suspicious = [one for one in found.read if one.suspicion.sentences]
    if suspicious:
        name = Path(suspicious[0].file).name
        say(
            f"{len(suspicious)} of {len(found.read)} {'has' if len(suspicious) == 1 else 'have'} something to look at: "
            f'"tandem import --explain {name}" says where and why, "tandem import --preview" shows the first turns.'
        )


def result(found: Imported, dry_run: bool) -> dict[str, Any]:
    """What an import did, as plain data."""
    return {
        "dry_run": dry_run,
        "transcripts": [_plain(one) for one in found.read],
        "refused": list(found.refused),
        "not_read": found.not_read_by_ending,
        "not_read_files": [{"file": one.file, "why": one.why} for one in found.not_read],
        "unknown_speakers": [
            {
                "speaker": one.label,
                "turns": one.turns,
                "questions": one.questions,
                "guess": "interviewer" if one.asks else "participant",
                "files": list(one.files),
            }
            for one in found.unknown_speakers
        ],
        "warnings": notes(found),
    }


def _plain(one: Read) -> dict[str, Any]:
    t, look = one.transcript, one.suspicion
    return {
        "file": one.file,
        "reader": one.reader,
        "transcript": t.name,
        "state": one.state,
        "kind": t.kind.value,
        "participant": t.participant,
        "case": t.case,
        "site": t.site,
        "wave": t.wave,
        "session": t.session,
        "turns": len(t.turns),
        "participant_turns": len(t.participants_turns),
        "interviewers": one.interviewers,
        "participants": one.participants,
        "speakers": [
            {
                "speaker": s.label,
                "role": s.role.value,
                "known": s.known,
                "turns": s.turns,
                "questions": s.questions,
                "guess": None if s.known else "interviewer" if s.asks else "participant",
            }
            for s in one.speakers
        ],
        "warnings": list(one.warnings),
        "layout": one.account.layout,
        "words": {
            "in": one.account.words_in,
            "kept": one.account.kept,
            "marks": one.account.marks,
            "left_out": one.account.words_left_out,
        },
        "look": {
            "lines_like_labels": look.near,
            "words_before_first": look.before_first,
            "speak_once": list(look.once),
            "long_turns": [{"turn": t.turn, "speaker": t.speaker, "words": t.words} for t in look.long],
            "unlabelled_are_participant": look.unlabelled,
            "words_unaccounted": look.missing,
        },
    }


def counts(found: Imported) -> str:
    """How many transcripts are new, how many were there already, and so on."""
    counted = Counter(one.state for one in found.read)
    return ", ".join(f"{count} {state}" for state, count in counted.items())


def _speakers(speakers: Any) -> str:
    """Who asks and who answers, a line each; "?" where study.yaml does not say so and it is only a guess."""
    shown = [one for one in speakers if one.label]
    if not shown:
        return "none (paragraphs)"
    lines = []
    for one in shown[:4]:
        guess = "asks?" if one.asks else "answers?"
        lines.append(f"{one.label} {_ROLES[one.role.value] if one.known else guess}")
    return "\n".join(lines + ([f"… {len(shown) - 4} more"] if len(shown) > 4 else []))


def notes(found: Imported) -> list[str]:
    """What the whole import has to be told."""
    said = []
    unknown = found.unknown_speakers
    counted = [one for one in unknown if one.counted and len(one.files) > 1]
    named = [one for one in unknown if one not in counted]
    if named:
        said.append(
            f"{_quoted(named)}: study.yaml does not say whether they ask or answer, so their turns are coded. Add them to "
            f"interviewers or to participant_speakers there and import again."
        )
    if counted:
        said.append(
            f"{_quoted(counted)}: a program counts speakers anew in each file, so study.yaml cannot say who they are. Write "
            f"their names or codes into the files; until then their turns are coded."
        )
    said.extend(_of_not_read(found.not_read))
    return said


def _of_not_read(files: Sequence[NotRead]) -> Iterator[str]:
    """A sentence for each ending, and for each file that might have been a transcript."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for one in files:
        by_reason.setdefault((one.ending, one.why), []).append(one.file)
    for (ending, why), names in sorted(by_reason.items()):
        listed = ", ".join(names[:_NAMED]) + (
            f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        )
        kind = f"{ending} file" if ending else "file without an ending"
        kind = f"{kind} was" if len(names) == 1 else f"{kind.replace('file', 'files', 1)} were"
        yield f"{len(names)} {kind} not read ({listed}). {why}"


def _quoted(speakers: list[UnknownSpeaker]) -> str:
    names = [f'"{one.label}"' for one in speakers]
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
