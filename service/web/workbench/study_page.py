"""The study as a whole: how far it is and who is at what, what is wrong, and the one next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response

from annotations.names import folded
from annotations.store.accounts import open_accounts
from annotations.store.judged_passages import JudgedPassages
from annotations.store.pushed_tasks import CountedPushed
from annotations.store.transcripts import all_texts
from service.access.page_links import interview_path
from service.access.policy import Action
from service.access.transcript_access import sees, sees_drafts
from service.composition import Parts
from service.doubts.news import news_for
from service.looking.attribute_filter import known_by_transcript
from service.looking.coder_pace import seconds_per_passage
from service.looking.concerns import Concern, concerns_of
from service.looking.job_progress import JobProgress, latest_jobs
from service.looking.next_command import command_of
from service.looking.next_step import NextStep, next_step
from service.looking.seen_progress import sites_progress
from service.looking.study_work import CoderWork, WaveWork, by_wave, study_work
from service.looking.wave_progress import JobState, StudyProgress, progress_of
from service.web.client_address import is_here
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.navigation import ITEMS
from service.web.pages import Visit, Visited
from service.web.remembered import Remembered

WORK, SETTLE, ASIDE = "/study/work", "/settle", "/set-aside"
OLD = timedelta(seconds=20)
_MOST_CHOICES = 30
router = APIRouter(include_in_schema=False, route_class=FormRoute)


@dataclass(frozen=True)
class StudyNow:
    """How far the study is, who has to code what, and each coder's seconds for a passage."""

    progress: StudyProgress
    work: tuple[CoderWork, ...]
    pace: Mapping[str, float]


@dataclass(frozen=True)
class Button:
    """The next step: what stands on the button, where it leads ("" where no page does it), why, and its command."""

    says: str
    leads: str
    why: str
    command: str


def remember_study(parts: Parts, judged: JudgedPassages, pushed: CountedPushed) -> Remembered[StudyNow]:
    """What the study's page is made of, kept while the server runs. ``judged``, ``pushed``: what was counted so far."""

    def look() -> StudyNow:
        now = parts.read_again()
        progress = progress_of(now, judged=judged, pushed=pushed)
        with parts.store.reading() as connection:
            work = study_work(connection, parts.settings, now.segmentation.version)
            return StudyNow(progress, work, seconds_per_passage(connection))

    return Remembered(look)


def study(visit: Visit) -> Response:
    """The first page. The caller has asked whether whoever visits may see figures."""
    parts = visit.parts
    now, as_of = _now(visit.request)
    if now is None:
        return _counting(visit)
    kept = visit.request.app.state
    answers = kept.pings.ask()
    with parts.store.reading() as connection:
        latest = latest_jobs(connection, latest=20)
        leads = visit.may(Action.CHANGE_MODELS)
        concerns = concerns_of(connection, parts, now.progress, answers) if leads else ()
        nobody = visit.viewer.account is None and open_accounts(connection) == 0
        own = visit.viewer.sites is not None
        progress = (
            sites_progress(
                connection,
                parts,
                visit.viewer,
                judged=kept.judged,
                pushed=kept.pushed,
                suggested=kept.suggested,
            )
            if own
            else now.progress
        )
    rows = _seen_by(visit, now.work)
    old = as_of is not None and datetime.now(UTC) - as_of > OLD
    answer = visit.page(
        "workbench/study.html",
        progress=progress,
        grid=_grid(by_wave(rows, now.pace)),
        # what was counted may be some seconds old, and a job that waited then runs now
        button=_button(next_step(replace(now.progress, jobs=_states(latest))), rows) if leads else None,
        concerns=concerns,
        jobs=[job for job in latest if job.under_way] if leads else [],
        begun=now.progress.begun if sees_drafts(visit.viewer) else (),
        as_of=as_of,
        old=old,
        more=_more,
        shown_place=_shown_place,
        # where one person works alone she needs no account, and her name then stands nowhere
        make_account=nobody and is_here(visit.request),
        codes=not leads and visit.may(Action.CODE),
        news=news_for(parts, visit.viewer),
    )
    if old:  # whoever has just handed out or brought in is not sent back by what was so before
        answer.headers["Refresh"] = "3"
    return answer


@router.get(WORK)
def work(visit: Visited) -> Response:
    """Each interview and coder, to be filtered by wave, coder, case and what is known of the participant."""
    visit.must(Action.SEE_FIGURES)
    now, _ = _now(visit.request)
    if now is None:
        return _counting(visit)
    with visit.parts.store.reading() as connection:
        names, known = known_by_transcript(connection)
    rows = _seen_by(visit, now.work)
    if visit.viewer.sites is not None:
        # what is known of others is no column and no choice
        known = {row.transcript: known[row.transcript] for row in rows if row.transcript in known}
        names = tuple(name for name in names if any(name in its for its in known.values()))
    shown = ShownList(
        rows,
        (*_columns(rows), *(_attribute(at, name, known) for at, name in enumerate(names))),
        asked_of(visit.request.query_params),
        path=WORK,
        noun="transcript of a coder",
        several="transcripts of coders",
        empty="Nothing has been handed out or coded yet.",
    )
    if shown.asked.take:
        return visit.takes(shown, "work")
    return visit.page("workbench/work.html", list=shown)


def _columns(rows: Iterable[CoderWork]) -> list[ListColumn[CoderWork]]:
    """All of them, but what is zero everywhere in most studies."""
    some = any(row.before for row in rows)
    return [column for column in _COLUMNS if some or column.key != "before"]


def _attribute(at: int, name: str, known: Mapping[UUID, Mapping[str, str]]) -> ListColumn[CoderWork]:
    """A column of an attribute; one with few values is a filter."""
    few = len({its[name] for its in known.values() if name in its}) <= _MOST_CHOICES
    return ListColumn(
        f"attribute-{at}", name, lambda row: known.get(row.transcript, {}).get(name, ""), choice=few
    )


def _counting(visit: Visit) -> Response:
    """A large study is counted once after the server's start; the page looks again by itself."""
    answer = visit.page("workbench/counting.html")
    answer.headers["Refresh"] = "3"
    return answer


def _now(request: Request) -> tuple[StudyNow | None, datetime | None]:
    kept: Remembered[StudyNow] = request.app.state.study_now
    return kept.get()


def _states(latest: Iterable[JobProgress]) -> tuple[JobState, ...]:
    return tuple(JobState(job.kind, job.state) for job in latest)


def _seen_by(visit: Visit, rows: tuple[CoderWork, ...]) -> tuple[CoderWork, ...]:
    """Whoever hands out sees everybody's; others their own, of the sites that they may see."""
    mine = list(rows)
    if visit.viewer.sites is not None:
        # a transcript's site is not all: its consents say which sites may see it
        with visit.parts.store.reading() as connection:
            shown = {text.id for text in all_texts(connection) if sees(visit.viewer, text.transcript)}
        mine = [work_row for work_row in mine if work_row.transcript in shown]
    if not visit.may(Action.HAND_OUT):
        mine = [work_row for work_row in mine if folded(work_row.coder) == folded(visit.viewer.name)]
    return tuple(mine)


def _grid(works: tuple[WaveWork, ...]) -> dict[str, list[WaveWork]]:
    grid: dict[str, list[WaveWork]] = {}
    for wave_work in works:
        grid.setdefault(wave_work.wave, []).append(wave_work)
    return grid


def _more(**asked: str) -> str:
    return f"{WORK}?{urlencode({key: value for key, value in asked.items() if value})}"


def _took(work_row: CoderWork) -> str:
    if work_row.seconds is None:
        return ""
    return f"{work_row.seconds / 60:.0f} min (interview)" if work_row.whole else f"{work_row.seconds:.0f} s"


_COLUMNS = (
    ListColumn[CoderWork](
        "interview", "Transcript", lambda row: row.name, address=lambda row: interview_path(row.transcript)
    ),
    ListColumn[CoderWork]("wave", "Wave", lambda row: row.wave, choice=True),
    ListColumn[CoderWork]("case", "Case", lambda row: row.case, choice=True),
    ListColumn[CoderWork]("coder", "Coder", lambda row: row.coder or "nobody yet", choice=True),
    ListColumn[CoderWork]("passages", "Passages", lambda row: row.passages),
    ListColumn[CoderWork]("done", "Done", lambda row: row.done, share=lambda row: row.share),
    ListColumn[CoderWork]("skipped", "Skipped", lambda row: row.skipped),
    ListColumn[CoderWork]("left", "Left", lambda row: row.left),
    ListColumn[CoderWork]("before", "Of these judged elsewhere", lambda row: row.before),
    ListColumn[CoderWork]("seconds", "Each took", lambda row: row.seconds, text=_took),
    ListColumn[CoderWork](
        "where",
        "Coded in",
        lambda row: "another program" if row.elsewhere else "Label Studio",
        address=lambda row: row.project,
        choice=True,
    ),
)

# where a page does a step; a page that is not there leaves the command
_PAGES = {
    "import": ("Bring interviews in", "/bring-in"),
    "import codings": ("Bring codings in", "/bring-in"),
    "train": ("Train a model", "/models"),
    "precode": ("Pre-code and hand out", "/hand-out"),
    "push": ("Hand out", "/hand-out"),
    "review": ("See who has what left", WORK),
    "agree": ("See how far you agree", "/agreement"),
    "wait": ("See how far it is", "/jobs"),
    "start worker": ("See the jobs", "/jobs"),
}


def _button(step: NextStep, rows: Sequence[CoderWork]) -> Button:
    says, leads = _PAGES[step.doing]
    if step.doing == "agree" and any(row.left for row in rows):
        # each passage has a review; a second coder's, or the same coder's second one, may still be to come
        some = "Of those for two people, or again, or coded in a file before, some are left in Label Studio."
        return Button(*_PAGES["review"], f"{step.why} {some}", "")
    before = sum(row.before for row in rows) if step.doing == "review" else 0
    if before:
        asks = f"Label Studio also asks for {before:,} that came in as a file."
        return Button(*_PAGES["review"], f"{step.why} {asks}", command_of(step))
    there = {item.path for item in ITEMS} | {WORK}
    address = leads if leads in there else ""
    if address and step.wave and step.doing in ("precode", "push"):
        address = f"{address}/wave?{urlencode({'wave': step.wave})}"
    return Button(says, address, step.why, command_of(step))


def _shown_place(concern: Concern) -> str:
    """The page where a concern is seen to, "" where none is."""
    return concern.place if concern.place in {item.path for item in ITEMS} | {SETTLE, ASIDE} else ""
