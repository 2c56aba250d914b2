"""What is wrong with a study that runs, or waits for somebody: each as a sentence with what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from annotations.numbers_shown import counted
from annotations.store.label_studio_projects import projects
from annotations.store.label_studio_reads import last_read
from annotations.store.seen_annotations import count_set_aside
from annotations.store.transcript_versions import count_open
from annotations.store.webhooks import count_waiting
from annotations.store.withdrawals import all_withdrawals
from service.backup.kept import last_good
from service.backup.old_backup import is_old
from service.composition import Parts
from service.looking.wave_progress import StudyProgress

NOT_READ_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Concern:
    """``said``: what is so; ``do``: what to do; ``place``: the page or command where it is done, "" where neither helps.

    ``wrong``: is something broken, or does it only wait?
    """

    said: str
    do: str
    place: str = ""
    wrong: bool = True


def concerns_of(
    connection: Connection, parts: Parts, progress: StudyProgress, answers: Mapping[str, str]
) -> tuple[Concern, ...]:
    """What is wrong or waits, the worst first. ``answers``: what each outside thing said, "ok" or a sentence."""
    concerns = [
        *_outside(answers),
        *_label_studio(connection),
        *_withdrawals(connection),
        *_backup(parts),
        *_waiting(connection, progress),
    ]
    return tuple(sorted(concerns, key=lambda concern: not concern.wrong))


def _outside(answers: Mapping[str, str]) -> Iterator[Concern]:
    names = {"label studio": "Label Studio", "mlflow": "MLflow", "database": "The database"}
    for name, said in answers.items():
        if said != "ok":
            what = {
                "label studio": "Coders cannot work meanwhile. Whoever runs it starts it (tandem label-studio start).",
                "mlflow": "Trainings wait for it. Ask whoever runs it.",
            }
            yield Concern(
                f"{names.get(name, name)} {said}.",
                what.get(name, "Ask whoever runs this machine."),
                "tandem doctor",
            )


def _label_studio(connection: Connection) -> Iterator[Concern]:
    waiting = count_waiting(connection)
    if waiting:
        yield Concern(
            f"{counted(waiting, 'message')} of Label Studio {'waits' if waiting == 1 else 'wait'} to be worked off.",
            "The server does it by itself; if the number stays, look at tandem doctor.",
            wrong=False,
        )
    reads = [last_read(connection, project.id) for project in projects(connection)]
    if not reads:
        return
    late = [read for read in reads if read is None or datetime.now(UTC) - read.at > NOT_READ_FOR]
    if late:
        yield Concern(
            f"{counted(len(late), 'project')} of Label Studio {'was' if len(late) == 1 else 'were'} not read for an hour, "
            f"so answers may be missing here.",
            "As soon as Label Studio answers, the server reads it by itself.",
        )


def _withdrawals(connection: Connection) -> Iterator[Concern]:
    for withdrawal in all_withdrawals(connection):
        if withdrawal.state != "done":
            yield Concern(
                f"The withdrawal of {withdrawal.participant} is not finished: "
                f"{'tasks in Label Studio still hold' if withdrawal.pending else 'something still holds'} their words.",
                "Its job says why. Once that is mended, press “Try again” there: it does not go on by itself.",
                "/jobs",
            )


def _backup(parts: Parts) -> Iterator[Concern]:
    last, nightly = last_good(parts.settings, parts.study), parts.study.config.backup.nightly
    if last is None:
        yield Concern(
            "No backup has been made on this machine.",
            "Make one now, or set a time for one each night (Settings).",
            "/backups",
            wrong=nightly is not None,
        )
        return
    if not last.is_there:
        yield Concern("The last good backup is gone or was changed.", "Make another.", "/backups")
        return
    age = datetime.now(UTC) - last.moment
    if is_old(age, nightly=nightly is not None):
        yield Concern(
            f"The last good backup is {counted(age.days, 'day')} old."
            if age.days > 1
            else f"The last good backup is {counted(round(age.total_seconds() / 3600), 'hour')} old.",
            "See what became of last night's under Jobs, or make one now.",
            "/backups",
            wrong=nightly is not None,
        )


def _waiting(connection: Connection, progress: StudyProgress) -> Iterator[Concern]:
    if progress.not_learnt:
        yield Concern(
            f"{counted(progress.not_learnt, 'review')} came in that no model has learnt yet.",
            "Train when a wave is through, or let the worker do it (Settings).",
            "/models",
            wrong=False,
        )
    if aside := count_set_aside(connection):
        yield Concern(
            f"{counted(aside, 'answer is', 'answers are')} set aside: they count only once somebody decides.",
            "See why each is, and what to do.",
            "/set-aside",
        )
    if progress.not_forgotten:
        yield Concern(
            f"The words that were taken out of {', '.join(progress.not_forgotten[:3])} are not erased everywhere yet.",
            "tandem doctor says what to do.",
            "tandem doctor",
        )
    if passages := sum(count_open(connection).values()):
        yield Concern(
            f"{counted(passages, 'coded passage')} of corrected transcripts "
            f"{'waits' if passages == 1 else 'wait'} to be settled.",
            "A word of them changed; say whether they still hold.",
            "/settle",
            wrong=False,
        )
    if progress.model is not None and progress.model.waiting:
        yield Concern(
            f"Model {progress.model.waiting} waits for a person to decide whether it serves.",
            "Look at its figures.",
            "/models",
            wrong=False,
        )
