"""What arrives from Label Studio becomes reviews: each decision once, whatever came twice, late or in disorder.

Two ways lead here: webhooks, worked off in their order, and what a pull reads. Both say how an annotation stands;
what is older than what was seen before changes nothing. A slot is one coder's word on one task: its newest
annotation that says something holds, and the reviews of the slot follow it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from annotations.label_studio.annotation import Arrival
from annotations.label_studio.arrivals import (
    HOLDING,
    ArrivalState,
    ArrivalVerdict,
    JudgedAnnotation,
    judge,
)
from annotations.store.interviews import InterviewTask, interviews_with_keys
from annotations.store.label_studio_projects import ProjectRow, project_by_id
from annotations.store.label_studio_reads import forget_task_marks
from annotations.store.label_studio_users import users
from annotations.store.passage_answers import answers_in, keep_answers
from annotations.store.pushed_tasks import PushedTask, tasks_with_keys
from annotations.store.seen_annotations import (
    Seen,
    Slot,
    keep_seen,
    rows_of_user,
    seen,
    users_with_coders,
    waiting_rows,
)
from annotations.store.transcript_versions import replaced_segments
from service.composition import Parts
from service.corrections.arrival_order import is_news, own_word_late
from service.corrections.interviews_arriving import Whose, judge_interview, slots_of
from service.corrections.settle_slots import settle
from service.corrections.unchanged_tasks import meaning_now
from service.live_config import InForce

# of the Label Studio that Tandem starts; another one says at each pull which account it is
OWN_ACCOUNT = "tandem@localhost.local"


# of a user's number in Label Studio: the coder, or None and what to do about it
Who = Callable[[int | None], tuple[str | None, str]]


class Reviewing:
    """The rules of ``annotations.label_studio.arrivals`` at work on the store; each method is one step of a transaction."""

    def __init__(self, parts: Parts) -> None:
        self.in_force = InForce(parts)
        self._own_account = OWN_ACCOUNT

    def work_as(self, account: str) -> None:
        """The e-mail address of the account that Tandem itself uses in Label Studio."""
        self._own_account = account

    def meaning_now(self, connection: Connection, project: ProjectRow) -> str:
        """A hash of all besides the annotations of a project that decides what they mean; see ``unchanged_tasks``."""
        return meaning_now(connection, project, self.in_force, self._own_account)

    def take_in(
        self,
        connection: Connection,
        project: ProjectRow,
        arrivals: Sequence[Arrival],
        *,
        events: Sequence[int] = (),
        read_after: int = 0,
    ) -> Counter[str]:
        """Take in how annotations of one project stand.

        ``events``: for each the webhook that says so; else a pull read it, after the webhook ``read_after`` had come.
        """
        before = seen(connection, project.id, [arrival.annotation for arrival in arrivals])
        keys = [arrival.key for arrival in arrivals if arrival.key]
        tasks = tasks_with_keys(connection, project.id, keys)
        whole = interviews_with_keys(connection, project.id, keys)
        whose = self._who(connection, project.url)
        outdated = _outdated(connection, tasks)
        changed: dict[int, Seen] = {}
        slots: dict[Slot, str] = {}
        for arrival, event in zip(arrivals, events or [0] * len(arrivals), strict=True):
            known = changed.get(arrival.annotation) or before.get(arrival.annotation)
            if arrival.key is not None and arrival.key in whole:
                news = known is None or is_news(known, arrival, event, read_after)
                if news or (known is not None and own_word_late(known, arrival)):
                    now, its = self._interview(connection, whole[arrival.key], arrival, whose, known, event)
                    if now is not None:
                        changed[arrival.annotation] = now
                        slots |= its
                continue
            if known is None or is_news(known, arrival, event, read_after):
                now = self._judged(project, arrival, tasks, whose, known, outdated)
            elif own_word_late(known, arrival):
                now = self._judged(project, arrival, tasks, whose, None, outdated)
                if now.state is not ArrivalState.REVIEW:
                    continue
                now = replace(now, state=ArrivalState.OVERWRITTEN, why=known.why)
            else:
                continue
            now = replace(now, last_event=max(event, known.last_event if known else 0))
            if known is not None and _same(known, now):
                continue
            changed[arrival.annotation] = now
            slots |= dict.fromkeys(_slots(known, now), _GONE_BY[now.state])
        keep_seen(connection, changed.values(), {(project.id, number) for number in before})
        if events:
            # a pull that read the task before this was worked off cannot have known it
            forget_task_marks(
                connection, project.id, [arrival.task for arrival in arrivals if arrival.task is not None]
            )
        return self.settle(connection, slots)

    def take_away(
        self,
        connection: Connection,
        project: ProjectRow,
        annotations: Collection[int],
        *,
        event: int = 0,
        read_after: int | None = None,
    ) -> Counter[str]:
        """These annotations are no more. One never seen is noted too: what is said of it later comes too late."""
        before = seen(connection, project.id, annotations)
        keys = [row.key for row in before.values() if row.key]
        whole = interviews_with_keys(connection, project.id, keys)
        changed = []
        slots: dict[Slot, str] = {}
        counted: Counter[str] = Counter()
        for number in dict.fromkeys(annotations):
            known = before.get(number)
            if known is None:
                changed.append(Seen(project.id, number, ArrivalState.DELETED, last_event=event))
                continue
            if known.state is ArrivalState.DELETED or (
                read_after is not None and known.last_event > read_after
            ):
                continue
            last = max(event, known.last_event)
            said = answers_in(connection, project.id, number)
            if said:
                slots |= dict.fromkeys(slots_of(tuple(said.values())), _GONE_BY[ArrivalState.DELETED])
                keep_answers(connection, project.id, number, ())
            changed.append(replace(known, state=ArrivalState.DELETED, why="", told=None, last_event=last))
            # an interview as such is no passage: another annotation of it speaks by its own passages
            if known.key not in whole:
                slots |= dict.fromkeys(_slots(known), _GONE_BY[ArrivalState.DELETED])
            counted["deleted"] += 1
        keep_seen(connection, changed, {(project.id, number) for number in before})
        if event:
            its = [seen_before.task for seen_before in before.values() if seen_before.task is not None]
            forget_task_marks(connection, project.id, its)
        return counted + self.settle(connection, slots)

    def look_again(self, connection: Connection) -> Counter[str]:
        """What is set aside or was not known, once more: a coder or a code may have been added since."""
        rows: dict[tuple[UUID, int], Seen] = {(r.project, r.annotation): r for r in waiting_rows(connection)}
        projects: dict[UUID, ProjectRow | None] = {}
        known: dict[str, Who] = {}
        for project_id, user, coder in users_with_coders(connection):
            project = projects.setdefault(project_id, project_by_id(connection, project_id))
            if project is None:
                continue
            if project.url not in known:
                known[project.url] = self._who(connection, project.url)
            is_now, _ = known[project.url](user)
            if is_now is not None and is_now != coder:
                of_user = rows_of_user(connection, project_id, user)
                rows |= {(row.project, row.annotation): row for row in of_user if row.told is not None}
        counted: Counter[str] = Counter()
        for project_id in dict.fromkeys(project for project, _ in rows):
            project = projects.setdefault(project_id, project_by_id(connection, project_id))
            if project is not None:
                its = [row for (its_project, _), row in rows.items() if its_project == project_id]
                counted += self._judge_again(connection, project, its)
        return counted

    def settle(self, connection: Connection, slots: Mapping[Slot, str]) -> Counter[str]:
        """Let the reviews of these slots follow their annotations; each with why a review is taken back."""
        return settle(connection, self.in_force, slots)

    def _judge_again(self, connection: Connection, project: ProjectRow, rows: Sequence[Seen]) -> Counter[str]:
        tasks = tasks_with_keys(connection, project.id, [row.key for row in rows if row.key])
        whole = interviews_with_keys(connection, project.id, [row.key for row in rows if row.key])
        whose = self._who(connection, project.url)
        outdated = _outdated(connection, tasks)
        changed, slots = [], dict[Slot, str]()
        for row in rows:
            if row.told is None:
                continue
            if row.key in whole:
                task = whole[row.key]
                again, its = self._interview(connection, task, row.told.arrival, whose, row, row.last_event)
                changed += [] if again is None else [again]
                slots |= its
                continue
            if row.state is ArrivalState.OVERWRITTEN:
                now = replace(row, coder=whose(row.user)[0] or row.coder)
            else:
                now = self._judged(project, row.told.arrival, tasks, whose, row, outdated)
            if not _same(row, now):
                changed.append(replace(now, last_event=row.last_event))
                slots |= dict.fromkeys(_slots(row, now), _GONE_BY[now.state])
        keep_seen(connection, changed, {(row.project, row.annotation) for row in rows})
        return self.settle(connection, slots)

    def _interview(
        self,
        connection: Connection,
        task: InterviewTask,
        arrival: Arrival,
        who: Who,
        known: Seen | None,
        event: int,
    ) -> tuple[Seen | None, dict[Slot, str]]:
        """An annotation of a whole interview as now seen, None if it says nothing new; and whose words it touches."""
        coder, unmatched = who(arrival.user)
        if known is not None and coder is None and known.user == arrival.user:
            coder = known.coder
        was = answers_in(connection, task.project, arrival.annotation)
        late = known is not None and own_word_late(known, arrival)
        its_coder, book = Whose(coder, unmatched), self.in_force.codebook
        judged = judge_interview(connection, task, arrival, book, its_coder, None if late else known, was)
        now = judged.seen
        if late and known is not None:
            if now.state is not ArrivalState.REVIEW:
                return None, {}
            now = replace(now, state=ArrivalState.OVERWRITTEN, why=known.why)
        now = replace(now, last_event=max(event, known.last_event if known else 0))
        said = {answer.key: answer for answer in judged.answers}
        if known is not None and _same(known, now) and was == said:
            return None, {}
        keep_answers(connection, task.project, arrival.annotation, judged.answers)
        gone = _GONE_BY[ArrivalState.REVIEW if now.state in HOLDING else now.state]
        slots = dict.fromkeys(slots_of((*was.values(), *judged.answers)), gone)
        aside = slots_of([answer for answer in judged.answers if answer.state is ArrivalState.SET_ASIDE])
        return now, slots | dict.fromkeys(aside, _GONE_BY[ArrivalState.SET_ASIDE])

    def _judged(
        self,
        project: ProjectRow,
        arrival: Arrival,
        tasks: Mapping[UUID, PushedTask],
        who: Who,
        known: Seen | None,
        outdated: Collection[UUID],
    ) -> Seen:
        coder, unmatched = who(arrival.user)
        if known is not None and coder is None and known.user == arrival.user:
            coder = known.coder  # somebody who has left study.yaml still wrote what they wrote
        if arrival.key is None or arrival.key not in tasks:
            verdict = ArrivalVerdict(ArrivalState.NOT_OURS)
        elif arrival.carried:
            verdict = ArrivalVerdict(ArrivalState.CARRIED)
        else:
            verdict = judge(arrival, self.in_force.codebook, coder=coder, unmatched=unmatched)
        if arrival.key in outdated and verdict.state is ArrivalState.REVIEW:
            if known is not None and known.state in HOLDING and known.content == verdict.decision.content:
                return known  # said before the words changed; its review waits for a person
            verdict = ArrivalVerdict(ArrivalState.SET_ASIDE, WORDS_CHANGED)
        if (
            verdict.state is ArrivalState.SET_ASIDE
            and arrival.saved_by_another
            and known is not None
            and known.state in HOLDING
            and known.key == arrival.key
        ):
            return replace(known, state=ArrivalState.OVERWRITTEN, why=verdict.why)
        return Seen(
            project=project.id,
            annotation=arrival.annotation,
            state=verdict.state,
            key=arrival.key,
            task=arrival.task,
            user=arrival.user,
            coder=coder,
            why=verdict.why,
            made=arrival.made,
            changed=arrival.changed,
            content=verdict.decision.content if verdict.state is ArrivalState.REVIEW else "",
            told=JudgedAnnotation(arrival, verdict.decision),
        )

    def _who(self, connection: Connection, url: str) -> Who:
        """Who is who in this Label Studio, as long as a transaction lasts: looked up once, not for each annotation."""
        emails, coders, own = (users(connection, url), self.in_force.coders(connection), self._own_account)

        def who(user: int | None) -> tuple[str | None, str]:
            email = None if user is None else emails.get(user)
            if user is not None and email is None:
                return None, "Label Studio has not said yet whose it is. Pull again."
            return coders.coder_of(email, own)

        return who


_GONE_BY = {
    ArrivalState.REVIEW: "another annotation took its place",
    ArrivalState.CARRIED: "its annotation says nothing by itself",
    ArrivalState.OVERWRITTEN: "somebody else saved over it",
    ArrivalState.SKIPPED: "its coder skips the passage now",
    ArrivalState.INCOMPLETE: "its coder emptied it without saying that no code applies",
    ArrivalState.SET_ASIDE: "what its annotation says now is set aside",
    ArrivalState.NOT_OURS: "its task is none of ours any more",
    ArrivalState.DELETED: "its annotation was deleted in Label Studio",
}


WORDS_CHANGED = (
    "the words of this passage have been corrected since, so it is about words that stand no more. Run tandem push, and "
    "ask the coder to judge the passage as it reads now."
)


def _outdated(connection: Connection, tasks: Mapping[UUID, PushedTask]) -> set[UUID]:
    """The keys of tasks that show words which stand in the transcript no more."""
    gone = replaced_segments(connection, [task.segment for task in tasks.values()])
    return {key for key, task in tasks.items() if task.segment in gone}


def _same(known: Seen, now: Seen) -> bool:
    return known == replace(now, last_event=known.last_event)


def _slots(*rows: Seen | None) -> list[Slot]:
    return [slot for row in rows if row is not None and (slot := row.slot) is not None]
