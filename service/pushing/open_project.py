"""The Label Studio project of a wave, for one coder or for all, in one view: made, found, or made anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from annotations.codebook.codes import Codebook
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.controls import control_of_retired
from annotations.label_studio.kept_answers import with_answers
from annotations.label_studio.listed_names import shown_name
from annotations.label_studio.projects import Project, ensure_project, used_answers, used_controls
from annotations.store.codebook_versions import keep_codebook
from annotations.store.database import Store
from annotations.store.label_studio_projects import (
    ProjectRow,
    add_project,
    keep_shown_codebook,
    project_for,
    retire_project,
)
from annotations.store.reviews import codes_given_in
from annotations.store.wave_views import TaskView


@dataclass(frozen=True, slots=True)
class OpenProject:
    """A project, our record of it, and sentences about it."""

    project: Project
    row: ProjectRow
    notes: tuple[str, ...] = ()


def open_project(
    store: Store,
    server: LabelStudio,
    codebook: Codebook,
    study: str,
    *,
    wave: str,
    coder: str | None,
    view: TaskView,
    config: Callable[[frozenset[str]], str],
) -> OpenProject:
    """The project with today's screen. ``config``: makes it, given the controls in which coders have answered there."""
    with store.reading() as connection:
        known = project_for(connection, url=server.url, coder=coder, wave=wave, view=view)
        given = [code for code in codes_given_in(connection, wave) if code in codebook.by_id]
    used = used_controls(server, known.project_id) if known else frozenset()
    answers = used_answers(server, known.project_id) if known else {}
    # Label Studio's own count of answers loses some, and what was said in the other view is to be carried here
    for code in given:
        control = control_of_retired(code, codebook)
        if control is not None:
            answers.setdefault(control, set()).add(code)
    names = {code: shown_name(code, codebook) for code in given}
    title = title_of(study, wave, coder, view)
    project, is_new = ensure_project(
        server,
        title,
        with_answers(config(used), answers, names),
        known=known.project_id if known else None,
        whole=view is TaskView.INTERVIEW,
    )
    with store.writing() as connection:
        # only now: a review that comes in before says nothing of a code that was not on the screen
        version = keep_codebook(connection, codebook)
        if known is not None and not is_new:
            keep_shown_codebook(connection, known.id, version)
            return OpenProject(project, known)
        if known is not None:
            retire_project(connection, known.id)
        row = add_project(
            connection,
            url=server.url,
            project_id=project.id,
            title=project.title,
            coder=coder,
            wave=wave,
            codebook_version=version,
            view=view,
        )
    gone = (f'the project "{row.title}" had been deleted in Label Studio, so a new one was made.',)
    return OpenProject(project, row, gone if known is not None else ())


def title_of(study: str, wave: str, coder: str | None, view: TaskView = TaskView.PASSAGE) -> str:
    """A project's title: the study, the wave, whose it is, and the view, in Label Studio's 50 characters."""
    whole = " – interviews" if view is TaskView.INTERVIEW else ""
    rest = "".join([f" – wave {wave}" if wave else "", f" – {coder}" if coder else "", whole])
    return f"{study[: max(10, 50 - len(rest))]}{rest}"
