"""The push of one or more waves: which transcripts, dealt to whom, in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from uuid import UUID

from annotations.coding import Draw
from annotations.deal_and_draw import DealtSegment, streams
from annotations.errors import BadInput, TandemError
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.predicted_answer import version_label
from annotations.lots import lots
from annotations.progress import Progress
from annotations.store.chosen_cuts import ChosenCut, chosen_for
from annotations.store.counted_suggestions import spoken_of
from annotations.store.label_studio_projects import projects
from annotations.store.model_versions import ModelVersion, model_by_id, serving_model
from annotations.store.suggestions import Suggested, suggestions_in
from annotations.store.transcripts import all_transcripts
from annotations.store.wave_views import TaskView, choose_view, view_of
from models.corpus import read_corpus
from models.ticking import measured_ticks
from service.access.page_links import links_to
from service.accounts.label_studio_users import refuse_push
from service.composition import Parts
from service.label_studio.attach import find_service
from service.label_studio.connect import label_studio_of
from service.pushing.coded_before import coded_before, said_of_coded_before
from service.pushing.interview_push import InterviewPush
from service.pushing.interview_shown import WholeShown
from service.pushing.keep_dealt_wave import Dealing, Transcripts, deal_new, settle
from service.pushing.passage_order import Order
from service.pushing.passage_shown import Said_by, ShownPassages
from service.pushing.project_push import ProjectPush, Pushed
from service.pushing.push_options import PushOptions

# read at once: a few thousand passages
TRANSCRIPTS = 20


def push(
    parts: Parts,
    *,
    wave: str | None,
    progress: Progress,
    asked: PushOptions | None = None,
    order: Order | None = None,
) -> list[Pushed]:
    """Push every wave that has suggestions, or one; each wave has a project of its own, or one for each coder.

    Every unit of a transcript becomes a task, in reading order; ``order`` puts what is new in another one, to build
    a training set. What is there already is recognised: see the rules of this package.
    """
    with label_studio_of(parts) as server:
        server.check()
        return _Push(parts, server, asked or PushOptions(), order).push(wave, progress)


def push_again(parts: Parts, *, progress: Progress) -> list[Pushed]:
    """Bring the projects in use up to date, after a promotion or a rollback; no wave is pushed that was not before.

    What the serving model has not suggested for yet stays as it is, so pre-code first.
    """
    with parts.store.reading() as connection:
        used = projects(connection)
    with label_studio_of(parts) as server:
        waves = list(dict.fromkeys(row.wave for row in used if row.url == server.url))
        if not waves:
            return []
        server.check()
        return _Push(parts, server, PushOptions(), None).push_waves(waves, progress)


class _Push:
    def __init__(self, parts: Parts, server: LabelStudio, asked: PushOptions, order: Order | None) -> None:
        self.parts = parts
        self.server = server
        self.asked = asked
        self.order = order
        self.corpus = read_corpus(parts.store, parts.segmentation)
        with parts.store.reading() as connection:
            self.model = serving_model(connection)
        # of the waves that were asked about so far: a push of one wave reads nothing of the others
        self.found: dict[UUID, Suggested] = {}
        self._read: set[str] = set()

    def push(self, wave: str | None, progress: Progress) -> list[Pushed]:
        """One wave, or every one that has suggestions. Raises BadInput for a wave that is not there."""
        if wave is not None and not self.corpus.in_wave(wave):
            raise BadInput(f'no transcript belongs to wave "{wave}". See the waves with "tandem status".')
        waves = [wave] if wave is not None else self._waves_with_suggestions()
        if not any(map(self._transcripts, waves)):
            of = "" if wave is None else f' of wave "{wave}"'
            raise TandemError(
                f'model {self.model.version} has suggested nothing{of} yet. Run "tandem precode" first.'
            )
        return self.push_waves(waves, progress)

    def push_waves(self, waves: Sequence[str], progress: Progress) -> list[Pushed]:
        """Settle what was asked, then wave by wave, project by project."""
        shown = {transcript for wave in waves for transcript, _ in self._transcripts(wave)}
        refuse_push(
            self.parts,
            self.server,
            [transcript for transcript in self.corpus.transcripts if transcript.id in shown],
        )
        dealing = settle(self.parts.store, self.parts.study, self.parts.segmentation.version, self.asked)
        both = self._pushing(draws=dealing.plan is not None or bool(dealing.dealt))
        coded = self._coded_before(waves)
        done: list[Pushed] = []
        for wave in waves:
            view, changed = self._view(wave)
            pushing = both[view]
            dealing = replace(dealing, notes=(*dealing.notes, changed)) if changed else dealing
            dealing = self._deal(both, dealing, wave)
            its = streams(self._transcripts(wave), dealing.dealt)
            coders = sorted(its, key=lambda name: (name is not None, name or ""))
            done += [self._one(pushing, wave, coder, its[coder], progress) for coder in coders]
        seed = dealing.plan.seed if dealing.plan else None
        done = [replace(pushed, seed=seed) for pushed in done]
        if done and not measured_ticks(self.model):
            done[0] = replace(done[0], notes=(*done[0].notes, _unticked(self.model)))
        if done and coded:
            done[0] = replace(done[0], notes=(*done[0].notes, coded))
        if done and dealing.notes:
            done[0] = replace(done[0], notes=(*dealing.notes, *done[0].notes))
        return done

    def _coded_before(self, waves: Sequence[str]) -> str:
        """What to say of passages that come to Label Studio now though somebody has coded them."""
        its = [transcript for wave in waves for transcript, _ in self._transcripts(wave)]
        with self.parts.store.reading() as connection:
            return said_of_coded_before(coded_before(connection, self.parts.segmentation.version, its))

    def _view(self, wave: str) -> tuple[TaskView, str]:
        """The view of a wave from now on, and what to say of it if it is another one than before."""
        with self.parts.store.reading() as connection:
            before = view_of(connection, wave)
            was_pushed = any(row.wave == wave for row in projects(connection))
        view = self.asked.view or before
        if view is before:
            return view, ""
        with self.parts.store.writing() as connection:
            choose_view(connection, wave, view)
        what = "whole interviews" if view is TaskView.INTERVIEW else "single passages"
        said = (
            f"wave {wave or '(none)'} is put before coders as {what} from now on. What was coded before counts as it is and "
            f"stands in the new project, in each coder's name; the project of before stays, and what is saved there still "
            f"counts."
        )
        return view, said if was_pushed else ""

    def _one(
        self,
        pushing: ProjectPush | InterviewPush,
        wave: str,
        coder: str | None,
        placed: Sequence[DealtSegment],
        progress: Progress,
    ) -> Pushed:
        create, note = (placed, "") if self.order is None else in_order(placed, self.order)
        if note and isinstance(pushing, InterviewPush) and not self._whole(create):
            raise BadInput(
                "--order orders single passages, and this wave is put before coders as whole interviews. Leave it away, "
                "give --order transcripts, or push with --view passage."
            )
        done = pushing.push(wave, coder, placed, progress, create)
        return replace(done, notes=(*done.notes, note)) if note else done

    def _whole(self, placed: Sequence[DealtSegment]) -> bool:
        """Do the passages of each transcript stand together?"""
        first = [dealt_segment.segment for dealt_segment in placed if dealt_segment.draw is not Draw.REPEAT]
        at = [self.corpus.at[self.corpus.position[segment]][0] for segment in first]
        return sum(place != other for place, other in pairwise(at)) == len(set(at)) - 1

    def _deal(
        self, both: Mapping[TaskView, ProjectPush | InterviewPush], dealing: Dealing, wave: str
    ) -> Dealing:
        def standing(new: Transcripts) -> Mapping[UUID, bool]:
            views = [pushing.standing(wave) for pushing in both.values()]
            begun = {}
            for transcript, segments in new:
                its = [
                    there[str(segment)] for there in views for segment in segments if str(segment) in there
                ]
                if its:
                    begun[transcript] = any(task.touched for task in its)
            return begun

        return deal_new(
            self.parts.store, dealing, self.parts.segmentation.version, self._transcripts(wave), standing
        )

    def _transcripts(self, wave: str) -> list[tuple[UUID, list[UUID]]]:
        """A wave's transcripts in the order of their import, with the segments that the model has spoken of."""
        if wave not in self._read:
            self._read.add(wave)
            self.found |= self._suggestions(self.model, wave)
        by_transcript: dict[UUID, list[UUID]] = {}
        for unit in self.corpus.in_wave(wave):
            if self.corpus.ids[unit] in self.found:
                transcript = self.corpus.transcripts[self.corpus.at[unit][0]].id
                by_transcript.setdefault(transcript, []).append(self.corpus.ids[unit])
        return list(by_transcript.items())

    def _waves_with_suggestions(self) -> list[str]:
        """The waves of which the model has said something, in the order of their import."""
        with self.parts.store.reading() as connection:
            there = spoken_of(connection, self.model.id, self.parts.segmentation.version)
        its = [kept.transcript.wave for kept in self.corpus.transcripts if kept.id in there]
        return list(dict.fromkeys(its))

    def _suggestions(self, model: ModelVersion, wave: str) -> dict[UUID, Suggested]:
        """What a version says of the segments of a wave, by segment."""
        its = [kept.id for kept in self.corpus.transcripts if kept.transcript.wave == wave]
        said: dict[UUID, Suggested] = {}
        with self.parts.store.reading() as connection:
            for some in lots(its, TRANSCRIPTS):
                said |= suggestions_in(connection, model, some)
        return said

    def _pushing(self, *, draws: bool) -> dict[TaskView, ProjectPush | InterviewPush]:
        parts, label = self.parts, version_label(self.model.version)
        with parts.store.reading() as connection:
            turns = {kept.id: kept.transcript.turns for kept in all_transcripts(connection)}
        service = find_service(parts)
        links = links_to(parts.settings.public_url or service.url, service.key) if service.url else None
        faces = ShownPassages(
            self.corpus,
            turns,
            parts.codebook,
            self._said_by(),
            label=label,
            draws=draws,
            least_precision=parts.study.config.aim.least_precision,
            links=links,
            chosen=self._chosen,
        )
        transcripts = self.corpus.transcripts
        shared = (parts.store, self.server, service, parts.study.config.name, parts.codebook)
        whole = WholeShown(faces, self.corpus, turns, parts.codebook, label=label, links=links)
        transcript_of = {
            known: transcripts[self.corpus.at[unit][0]].id for unit, known in enumerate(self.corpus.ids)
        }
        return {
            TaskView.PASSAGE: ProjectPush(*shared, self.model.id, label, faces, transcript_of),
            TaskView.INTERVIEW: InterviewPush(*shared, self.model.id, label, whole),
        }

    def _chosen(self, model: UUID) -> Mapping[str, ChosenCut]:
        """What a lead chose to come ticked from a version."""
        with self.parts.store.reading() as connection:
            return chosen_for(connection, model)

    def _said_by(self) -> Callable[[UUID], Said_by]:
        """A model version and what it suggests; older ones are read when a transcript in progress shows them."""

        @cache
        def read(model: UUID) -> tuple[ModelVersion, Mapping[UUID, Suggested]]:
            if model == self.model.id:
                return self.model, self.found
            with self.parts.store.reading() as connection:
                version = model_by_id(connection, model)
            if version is None:
                raise TandemError(f"model {model} stands on tasks, but the study does not know it.")
            said: dict[UUID, Suggested] = {}
            for wave in self._read:
                said |= self._suggestions(version, wave)
            return version, said

        return read


def in_order(placed: Sequence[DealtSegment], order: Order) -> tuple[list[DealtSegment], str]:
    """A stream in another order, and a sentence with the reasons; what comes again stays at the end."""
    first = {
        dealt_segment.segment: dealt_segment
        for dealt_segment in placed
        if dealt_segment.draw is not Draw.REPEAT
    }
    sorted_ = order(list(first))
    if sorted(map(str, first)) != sorted(str(segment) for segment, _ in sorted_):
        raise TandemError("an order has to give every passage once.")
    reasons = dict.fromkeys(reason for _, reason in sorted_ if reason)
    note = f"new passages come in an order for training: {'; '.join(list(reasons)[:4])}." if reasons else ""
    again = [dealt_segment for dealt_segment in placed if dealt_segment.draw is Draw.REPEAT]
    return [*(first[segment] for segment, _ in sorted_), *again], note


def _unticked(model: ModelVersion) -> str:
    why = (
        "it knows only the codebook's words"
        if model.kind == "cold start"
        else "it was not measured on participants it had not seen"
    )
    return f"no code comes ticked from model {model.version}, since {why}: its likeliest codes stand there as empty boxes."
