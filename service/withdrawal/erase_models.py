"""Models that learnt from what is erased: files erased, suggestions taken away, a new one trained."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from annotations.errors import TandemError
from annotations.label_studio.candidates import boxes_in_task, no_candidates
from annotations.label_studio.erase import forget_boxes, forget_names, forget_predictions
from annotations.label_studio.predicted_answer import version_label
from annotations.label_studio.projects import project_exists
from annotations.numbers_shown import counted
from annotations.store.label_studio_projects import projects
from annotations.store.model_versions import (
    ModelVersion,
    all_models,
    champion,
    erased_models,
    why_nothing_serves,
)
from annotations.store.pushed_tasks import tasks_of
from annotations.store.wave_views import TaskView
from models.model_folder import Linked, OutsideStudy, erase_folder, model_folder
from models.run_folders import erase_runs
from service.composition import Parts
from service.label_studio.connect import label_studio_of
from service.serving.train_and_evaluate import catch_up, something_teaches, tracking_of, train
from service.withdrawal.receipt import ErasedThing
from service.withdrawal.withdrawn import Withdrawn
from training.sweep_leftovers import sweep


class Erasing(Protocol):
    """What is being erased, of a person or of a text; ``state``: "done" once that has been done everywhere."""

    @property
    def what(self) -> str:
        """Whom or what, in words."""

    @property
    def models(self) -> tuple[str, ...]:
        """The versions that had learnt from it."""

    @property
    def state(self) -> str:
        """How far it is."""


def erase_files(parts: Parts, erasing: Erasing, withdrawn: Withdrawn) -> None:
    """The files of every version that learnt from them, in the study and in MLflow, and what belongs to nobody."""
    with parts.store.reading() as connection:
        learnt = [model for model in all_models(connection) if model.version in erasing.models]
    for model in learnt:
        _erase_model(parts, model, withdrawn)
    try:
        swept = sweep(parts.store, parts.study)
    except TandemError as error:
        # MLflow's store may be damaged or a stranger's; what is erased already stays erased, and is said
        why = str(error).removesuffix(" Nothing was changed.")
        withdrawn.still_there.append(
            f"nobody could look for files that belong to no living run or model ({why})"
        )
        return
    withdrawn.still_there += swept.left
    if swept.gone:
        what = f"{counted(len(swept.gone), 'file or folder', 'files and folders')} that belonged to no living run or model"
        withdrawn.gone.append(ErasedThing(what, str(parts.study.folder), "looked for: none is there"))
    if swept.unknown:
        withdrawn.notes.append(
            f"Tandem did not make these, and left them alone: {', '.join(map(str, swept.unknown))}. Look whether they "
            f"hold anything of {erasing.what}."
        )


def _erase_model(parts: Parts, model: ModelVersion, withdrawn: Withdrawn) -> None:
    try:
        folder = model_folder(parts.study.models_folder, model.folder)
        erase_folder(folder)
        withdrawn.gone.append(
            ErasedThing(
                f"model {model.version}, which had learnt from them", str(folder), "looked for: not there"
            )
        )
    except Linked as error:
        withdrawn.still_there.append(str(error))
    except OutsideStudy as error:
        # nobody can put this right in the study, and nothing of it lies here
        withdrawn.notes.append(f"model {model.version}: {error}")
    except TandemError as error:
        withdrawn.still_there.append(str(error))
    try:
        # in the study too where a server is configured: it may have been without one before
        runs = set() if model.run_id is None else {model.run_id}
        places = [str(folder) for folder in erase_runs(parts.study.runs_folder, runs)]
        places += tracking_of(parts).erase_files(model.id)
        what = f"MLflow's copy of model {model.version}, with what it said of them and what it was made of"
        where = ", ".join(places) or parts.settings.tracking_uri or str(parts.study.runs_folder)
        withdrawn.gone.append(ErasedThing(what, where, "looked for: no file is there"))
    except TandemError as error:
        withdrawn.still_there.append(
            f"MLflow may still hold the files of model {model.version} ({error}) Run the same command again."
        )


def new_model(parts: Parts, erasing: Erasing, withdrawn: Withdrawn) -> None:
    """Train anew where the model that served had learnt from them; where nobody is left to learn from, none serves."""
    with parts.store.reading() as connection:
        serving, any_model = champion(connection), bool(all_models(connection))
    if serving is None and any_model and erasing.models:
        try:
            if something_teaches(parts):
                withdrawn.new_model = train(parts, force=True).model.version
            else:
                catch_up(parts)
        except TandemError as error:
            withdrawn.still_there.append(f"no new model could be trained, so none serves ({error})")
    with parts.store.reading() as connection:
        serving, why = champion(connection), why_nothing_serves(connection)
    if serving is not None:
        learnt = "was trained without them" if withdrawn.new_model else "had not learnt from them"
        withdrawn.serves = f"Model {serving.model.version} serves; it {learnt}."
        return
    withdrawn.serves = (
        f"{(why or '')[:1].upper()}{(why or '')[1:]}" if any_model else "No model has been trained."
    )
    if any_model and erasing.state != "done":
        _nothing_shown(parts, erasing, withdrawn)


def _nothing_shown(parts: Parts, erasing: Erasing, withdrawn: Withdrawn) -> None:
    """No coder is shown any more what an erased model suggested."""
    versions = {version_label(version) for version in erasing.models}
    with parts.store.reading() as connection:
        pushed = projects(connection)
    if not pushed or not versions:
        return
    empty = boxes_in_task(no_candidates(parts.codebook), parts.codebook)
    try:
        with label_studio_of(parts) as server:
            for project in pushed:
                if project.url == server.url and project_exists(server, project.project_id):
                    forget_predictions(server, project.project_id, versions)
                    forget_boxes(server, project.project_id, _showing(parts, project.id), empty)
                    if project.view is TaskView.INTERVIEW:
                        forget_names(server, project.project_id)
    except TandemError as error:
        withdrawn.still_there.append(
            f"Label Studio still shows what {', '.join(sorted(erasing.models))} suggested ({error}) Run the same "
            f"command again once it answers."
        )


def _showing(parts: Parts, project: UUID) -> list[str]:
    """The tasks on which an erased model's suggestions stood last."""
    with parts.store.reading() as connection:
        erased = erased_models(connection)
        tasks = tasks_of(connection, project)
    return [str(key) for key, task in tasks.items() if task.model in erased]
