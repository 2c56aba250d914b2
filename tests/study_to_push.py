"""A study with transcripts and model versions whose suggestions are known, ready to be pushed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from builders import a_transcript
from proven import proven

from annotations.coding import Evidence
from annotations.label_studio.client import LabelStudio
from annotations.store.codebook_versions import keep_codebook
from annotations.store.model_versions import ModelVersion, add_model, get_model, promote
from annotations.store.suggestions import Suggested, add_suggestions
from annotations.store.transcripts import add_transcript
from models.corpus import read_corpus
from service.composition import Parts
from service.label_studio.local import Access
from service.new_study import make_study
from service.pushing import Pushed, PushOptions, push
from service.settings import Settings

CODERS = [{"name": "Ines Falk", "aliases": ["IF"]}, {"name": "Tom Okafor"}]
FOURTH = 4


class StudyToPush:
    """Every fourth passage has no suggestion, the others one code, which moves on with each model version.

    ``silent``: for each version that differs, the places among four passages that have none.
    """

    silent: Mapping[str, Collection[int]] = {}

    def __init__(self, folder: Path, access: Access, *, database: str | None = None, **config: Any) -> None:
        config.setdefault("name", f"Pushed {uuid4().hex[:6]}")
        # a port at which nothing answers, whatever runs on this machine
        config.setdefault("service", {"url": "http://127.0.0.1:9"})
        study, self.codebook = make_study(folder, codebook="common-framework", config=config)
        self.access = access
        self.parts = Parts(
            study,
            Settings(
                folder.parent / "state",
                database=database,
                label_studio_url=access.url,
                label_studio_token=access.token,
            ),
        )
        self.codes = tuple(code.id for code in self.codebook.applicable[:5])

    def add(self, *names: str, units: int = 8, wave: str = "2") -> None:
        """Transcripts of so many passages each."""
        for name in names:
            words = [w for n in range(units) for w in (f"Question {n}?", f"{name} answers {n} at length.")]
            with self.parts.store.writing() as connection:
                add_transcript(connection, a_transcript(name, *words, wave=wave))

    def suggest(self, version: str) -> ModelVersion:
        """A new model version that has suggested for everything there is."""
        corpus = read_corpus(self.parts.store, self.parts.segmentation)
        shift = int(version.removeprefix("v"))
        with self.parts.store.writing() as connection:
            made = ModelVersion(
                id=uuid4(),
                version=version,
                kind="trained",
                folder=version,
                sha256="0" * 64,
                codebook_version=keep_codebook(connection, self.codebook),
                segmentation=self.parts.segmentation.version,
                embedder="words",
                reviews_hash="0" * 64,
                reviews=1,
                codes=self.codes,
                thresholds=dict.fromkeys(self.codes, 0.5),
                figures=proven(self.codes),
            )
            add_model(connection, made, [])
            silent = self.silent.get(version, {FOURTH - 1})
            add_suggestions(connection, made.id, self._said(corpus.ids, shift, silent))
        return made

    def _said(self, segments: Sequence[UUID], shift: int, silent: Collection[int]) -> list[Suggested]:
        found = []
        for n, segment in enumerate(segments):
            code = self.codes[(n + shift) % len(self.codes)]
            some = () if n % FOURTH in silent else (code,)
            # where nothing is suggested nothing is likely enough for a box either
            chances = tuple(0.8 if one in some else 0.1 if some else 0.01 for one in self.codes)
            evidence = {one: (Evidence(segments[n - 1], 0.9),) for one in some}
            found.append(Suggested(segment, chances, some, evidence))
        return found

    def serve(self, version: str) -> ModelVersion:
        """Let a version serve, made now if it is new."""
        with self.parts.store.reading() as connection:
            known = {model.version for model in _models(connection)}
        if version not in known:
            self.suggest(version)
        with self.parts.store.writing() as connection:
            model = get_model(connection, version)
            promote(connection, model.id, verdict="better", reason="a test")
        return model

    def push(self, wave: str | None = "2", **asked: Any) -> list[Pushed]:
        """Push, with the options of the command."""
        if "coders" in asked:
            asked["coders"] = tuple(asked["coders"])
        return push(self.parts, wave=wave, progress=lambda *_: None, asked=PushOptions(**asked))

    def server(self) -> LabelStudio:
        """The Label Studio."""
        return LabelStudio(self.access.url, self.access.token)


def _models(connection: Any) -> Any:
    from annotations.store.model_versions import all_models

    return all_models(connection)


def exported(server: LabelStudio, project: int) -> dict[str, dict[str, Any]]:
    """A project's tasks as Label Studio holds them, predictions and annotations included, by our key, in order."""
    found: dict[str, dict[str, Any]] = {}
    for task in server.ask("GET", f"api/projects/{project}/export?exportType=JSON&download_all_tasks=true"):
        key = task["data"]["segment_id"]
        assert key not in found, "a task stands twice"
        found[key] = task
    predictions = server.ask("GET", f"api/predictions/?project={project}")
    for task in found.values():
        task["predictions"] = [one for one in predictions if one["task"] == task["id"]]
    return dict(sorted(found.items(), key=lambda one: one[1]["id"]))


def answer(server: LabelStudio, task: int, result: Sequence[Any] = ()) -> int:
    """Annotate a task as a coder would."""
    made = server.ask("POST", f"api/tasks/{task}/annotations/", {"result": list(result), "lead_time": 3.0})
    return int(made["id"])
