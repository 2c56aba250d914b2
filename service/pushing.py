"""Segments and suggestions into Label Studio: the work behind "tandem push"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from annotations.errors import BadInput, TandemError
from annotations.label_config import Quote, Said, ShownSegment, hash_of, label_config, prediction, task_data
from annotations.label_studio import LabelStudio, Project, Task
from annotations.store.models import ModelVersion, serving_model
from annotations.store.pushes import (
    ProjectRow,
    PushedTask,
    add_project,
    keep_tasks,
    project_for,
    retire_project,
    tasks_of,
)
from annotations.store.suggestions import Suggested, suggestions_of
from annotations.store.tables import now
from annotations.store.transcripts import all_transcripts
from annotations.transcript import Turn
from models.corpus import Corpus, read_corpus
from service.local_label_studio import LocalLabelStudio
from service.parts import Parts

Progress = Callable[[int, int], None]
CONTEXT = 2
AT_A_TIME = 500
REDRAWN_AT_A_TIME = 100


@dataclass(frozen=True)
class Pushed:
    """What came of a push to one project."""

    project: Project
    created: int
    updated: int
    unchanged: int
    reviewed: int
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "coder": None,
            "id": self.project.id,
            "url": self.project.url,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "reviewed_left_alone": self.reviewed,
            "notes": list(self.notes),
        }


def label_studio_of(parts: Parts) -> LabelStudio:
    """The configured Label Studio, or the local one if it runs. Raises BadInput or Unreachable with the remedy."""
    settings = parts.settings
    url = settings.label_studio_url or parts.study.config.label_studio.url
    if url is not None:
        if settings.label_studio_token is None:
            raise BadInput(
                f"there is no token for Label Studio at {url}. Copy it from Account & Settings there and set "
                f"LABEL_STUDIO_API_KEY."
            )
        return LabelStudio(url, settings.label_studio_token)
    access = LocalLabelStudio(settings.state, settings.label_studio_env).access()
    if access is None:
        raise TandemError(
            'Label Studio is not running. Start it with "tandem label-studio start", or give another one with '
            "LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY."
        )
    return LabelStudio(access.url, access.token)


def push(parts: Parts, *, wave: str | None, progress: Progress) -> list[Pushed]:
    """Push every wave that has suggestions, or one, each into a project of its own.

    Every unit of a transcript becomes a task, in reading order. What is there already is recognised: nothing is
    doubled, and a new model's predictions replace the old ones on tasks that nobody has touched.
    """
    with label_studio_of(parts) as server:
        server.check()
        return _push_waves(parts, server, wave, progress)


def _push_waves(parts: Parts, server: LabelStudio, wave: str | None, progress: Progress) -> list[Pushed]:
    corpus = read_corpus(parts.store, parts.segmentation)
    with parts.store.reading() as connection:
        model = serving_model(connection)
        found = suggestions_of(connection, model)
        turns = {kept.id: kept.transcript.turns for kept in all_transcripts(connection, wave=wave)}
    waves = [wave] if wave is not None else list(_waves(corpus, found))
    if wave is not None and not corpus.in_wave(wave):
        raise BadInput(f'no transcript belongs to wave "{wave}". See the waves with "tandem status".')
    if not any(corpus.ids[unit] in found for name in waves for unit in corpus.in_wave(name)):
        which = f" --wave {wave}" if wave is not None else ""
        raise TandemError(
            f'model {model.version} has suggested nothing here yet. Run "tandem precode{which}" first.'
        )
    pushing = _Pushing(parts, server, corpus, turns, model, found)
    return [pushing.push(name, progress) for name in waves]


def _waves(corpus: Corpus, found: Mapping[UUID, Suggested]) -> dict[str, None]:
    return {corpus.transcript(unit).wave: None for unit, known in enumerate(corpus.ids) if known in found}


@dataclass(frozen=True, slots=True)
class _Step:
    """A task to work on. ``shown``: the hash of what it shows by now, "" if unknown."""

    unit: int
    segment: UUID
    task: int
    shown: str
    is_new: bool = False


@dataclass
class _Plan:
    """Tasks that need this model's predictions, tasks that need other words, and how many need nothing."""

    predict: list[_Step] = field(default_factory=list)
    redraw: list[_Step] = field(default_factory=list)
    same: int = 0
    reviewed: int = 0


class _Pushing:
    def __init__(
        self,
        parts: Parts,
        server: LabelStudio,
        corpus: Corpus,
        turns: Mapping[UUID, Sequence[Turn]],
        model: ModelVersion,
        found: Mapping[UUID, Suggested],
    ) -> None:
        self.parts = parts
        self.server = server
        self.corpus = corpus
        self.turns = turns
        self.model = model
        self.found = found
        self.config = label_config(parts.codebook)

    def push(self, wave: str, progress: Progress) -> Pushed:
        units = [unit for unit in self.corpus.in_wave(wave) if self.corpus.ids[unit] in self.found]
        project, row, notes = self._project(wave)
        data = {unit: self._data(unit) for unit in units}
        there = self.server.tasks(project.id)
        with self.parts.store.reading() as connection:
            before = tasks_of(connection, row.id)
        missing = [data[unit] for unit in units if str(self.corpus.ids[unit]) not in there]
        new = {one["segment_id"] for one in missing}
        if missing:
            there = self.server.add_tasks(project.id, missing, progress)
        plan = self._plan(units, there, new, before, data)
        count = len(plan.predict) + len(plan.redraw)
        self._predict(project, row, plan, lambda done, _: progress(done, count))
        self._redraw(row, plan, data, lambda done, _: progress(len(plan.predict) + done, count))
        if plan.redraw:
            notes = (*notes, f"what {len(plan.redraw)} tasks show was brought up to date.")
        changed = {one.segment for one in [*plan.predict, *plan.redraw]}
        updated = sum(str(segment) not in new for segment in changed)
        return Pushed(project, len(missing), updated, plan.same, plan.reviewed, notes)

    def _plan(
        self,
        units: Sequence[int],
        there: Mapping[str, Task],
        new: set[str],
        before: Mapping[UUID, PushedTask],
        data: Mapping[int, Mapping[str, str]],
    ) -> _Plan:
        """What has to be done on which task; a task that a coder has begun on is left alone."""
        plan = _Plan()
        for unit in units:
            segment = self.corpus.ids[unit]
            task = there[str(segment)]
            if str(segment) in new:
                plan.predict.append(_Step(unit, segment, task.id, hash_of(data[unit]), is_new=True))
                continue
            if task.touched:
                plan.reviewed += 1
                continue
            known = before.get(segment)
            known = known if known is not None and known.task_id == task.id else None
            shown = known.data_hash if known else ""
            this = _Step(unit, segment, task.id, shown)
            if known is None or known.model != self.model.id:
                plan.predict.append(this)
            if shown != hash_of(data[unit]):
                plan.redraw.append(this)
            elif known is not None and known.model == self.model.id:
                plan.same += 1
        return plan

    def _project(self, wave: str) -> tuple[Project, ProjectRow, tuple[str, ...]]:
        with self.parts.store.reading() as connection:
            known = project_for(connection, url=self.server.url, coder=None, wave=wave)
        name = self.parts.study.config.name
        title = f"{name[:40]} – wave {wave}" if wave else name
        project, is_new = self.server.ensure_project(
            title, self.config, known=known.project_id if known else None
        )
        if known is not None and not is_new:
            return project, known, ()
        with self.parts.store.writing() as connection:
            if known is not None:
                retire_project(connection, known.id)
            row = add_project(
                connection,
                url=self.server.url,
                project_id=project.id,
                title=project.title,
                coder=None,
                wave=wave,
            )
        gone = ("the project of this wave had been deleted in Label Studio, so a new one was made.",)
        return project, row, gone if known is not None else ()

    def _predict(
        self,
        project: Project,
        row: ProjectRow,
        plan: _Plan,
        progress: Progress,
    ) -> None:
        """Put this model's predictions on tasks; kept lot by lot, so that an interrupted push goes on."""
        for begin in range(0, len(plan.predict), AT_A_TIME):
            some = plan.predict[begin : begin + AT_A_TIME]
            self.server.replace_predictions(
                project.id,
                [{"task": one.task, **self._prediction(one.unit)} for one in some],
                replacing=[one.task for one in some if not one.is_new],
            )
            if not begin:
                self.server.show_version(project.id, self._label)
            self._keep(row, some)
            progress(begin + len(some), len(plan.predict))

    def _redraw(
        self, row: ProjectRow, plan: _Plan, data: Mapping[int, Mapping[str, str]], progress: Progress
    ) -> None:
        """Show new evidence and context on tasks that are there: one request each, so it comes last."""
        for begin in range(0, len(plan.redraw), REDRAWN_AT_A_TIME):
            some = plan.redraw[begin : begin + REDRAWN_AT_A_TIME]
            self.server.show_data({one.task: data[one.unit] for one in some})
            self._keep(row, [replace(one, shown=hash_of(data[one.unit])) for one in some])
            progress(begin + len(some), len(plan.redraw))

    def _keep(self, row: ProjectRow, some: Sequence[_Step]) -> None:
        moment = now()
        kept = [PushedTask(one.segment, one.task, one.shown, self.model.id, moment) for one in some]
        with self.parts.store.writing() as connection:
            keep_tasks(connection, row.id, kept)

    @property
    def _label(self) -> str:
        return f"tandem {self.model.version}"

    def _prediction(self, unit: int) -> dict[str, Any]:
        suggestions = self.found[self.corpus.ids[unit]].one_by_one(self.model)
        return prediction(suggestions, self.parts.codebook, version=self._label)

    def _data(self, unit: int) -> dict[str, str]:
        turns = self.turns[self.corpus.transcripts[self.corpus.at[unit][0]].id]
        return task_data(shown(self.corpus, unit, turns), self._quotes(unit), self._note(unit))

    def _quotes(self, unit: int) -> list[Quote]:
        """The nearest passage for each suggested code, of transcripts that may be quoted now."""
        quotes = []
        for code, its in self.found[self.corpus.ids[unit]].evidence.items():
            for one in its[:1]:
                source = self.corpus.position.get(one.segment)
                if source is None or not self.corpus.transcript(source).consents.may_quote:
                    continue
                transcript = self.corpus.transcript(source)
                who = transcript.participant or transcript.name
                quotes.append(Quote(self.parts.codebook.label(code), self.corpus.text(source), who))
        return quotes

    def _note(self, unit: int) -> str:
        if self.model.kind == "cold start":
            return "These suggestions come from the codebook's own words; nobody's coding stands behind them yet."
        likely = [
            f"{self.parts.codebook.label(one.code)} ({_in_words(one.probability)})"
            for one in self.found[self.corpus.ids[unit]].one_by_one(self.model)
            if one.suggested
        ]
        if not likely:
            return "The model suggests no code here. It may be wrong."
        return f"How sure the model is: {', '.join(likely)}."


def _in_words(probability: float) -> str:
    """A chance to the nearest tenth: no retraining makes it finer, and few change it."""
    tenths = round(10 * probability)
    return f"right about {tenths} times in 10" if tenths else "right less than once in 10 times"


def shown(corpus: Corpus, unit: int, turns: Sequence[Turn]) -> ShownSegment:
    """A unit as a coder sees it, with two segments of context on each side."""
    t, s = corpus.at[unit]
    transcript, cut = corpus.transcripts[t].transcript, corpus.segments[t]
    own = cut[s]

    def said(places: Sequence[int]) -> tuple[Said, ...]:
        return tuple(Said(cut[at].speaker, cut[at].span.of(transcript.text)) for at in places)

    return ShownSegment(
        segment_id=str(own.id),
        transcript=transcript.name,
        words=corpus.text(unit),
        speaker=own.speaker,
        position=f"turn {own.turn + 1} of {turns[-1].index + 1}",
        participant=transcript.participant,
        role=own.role.value,
        case=transcript.case,
        site=transcript.site,
        wave=transcript.wave,
        time=_time(turns, own.turn),
        before=said(range(max(0, s - CONTEXT), s)),
        after=said(range(s + 1, min(len(cut), s + 1 + CONTEXT))),
    )


def _time(turns: Sequence[Turn], turn: int) -> str:
    begins = next((one.begins for one in turns if one.index == turn), None)
    if begins is None:
        return ""
    minutes, seconds = divmod(int(begins), 60)
    return f"{minutes // 60:d}:{minutes % 60:02d}:{seconds:02d}"
