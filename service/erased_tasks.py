"""What a withdrawal takes out of Label Studio, and how that is looked at afterwards."""

from __future__ import annotations

from annotations.errors import TandemError
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.erase import erase_tasks, forget_evidence, forget_predictions, holds_project
from annotations.store.pushed_tasks import projects
from annotations.store.withdrawals import Pending, Withdrawal, still_pending
from service.composition import Parts
from service.label_studio.connect import label_studio_of
from service.label_studio.local import LocalLabelStudio
from service.receipt import Gone
from service.withdrawn import Withdrawn


def erase_from_label_studio(parts: Parts, tombstone: Withdrawal, found: Withdrawn) -> tuple[Pending, ...]:
    """Delete the tasks; returns what could not be reached."""
    left = list(tombstone.pending)
    if not left:
        return ()
    try:
        with label_studio_of(parts) as server:
            for one in tuple(left):
                if one.url != server.url:
                    found.notes.append(_elsewhere(one))
                    continue
                _from_project(server, one, found)
                left.remove(one)
                with parts.store.writing() as connection:
                    still_pending(connection, tombstone.id, left)
        _compact_label_studio(parts, found)
    except TandemError as error:
        found.notes.append(
            f"the tasks in Label Studio are still there ({error}) Run the same command again once it answers."
        )
    return tuple(left)


def _from_project(server: LabelStudio, one: Pending, found: Withdrawn) -> None:
    where = f"Label Studio at {server.url}, project {one.project}"
    if not holds_project(server, one.project):
        found.gone.append(Gone("tasks", where, "looked for: the project is no longer there"))
        return
    erased = erase_tasks(server, one.project, one.keys)
    quotes = forget_evidence(server, one.project, one.quoting)
    there = server.tasks(one.project)
    left = [key for key in one.keys if key in there]
    if left:
        raise TandemError(f"project {one.project} at {server.url} still holds {len(left)} of their tasks.")
    found.tasks += erased
    what = f"{erased} tasks, and quotes of theirs beside {quotes} other tasks"
    found.gone.append(Gone(what, where, "all tasks of the project read again: none of theirs is there"))


def _compact_label_studio(parts: Parts, found: Withdrawn) -> None:
    if parts.settings.label_studio_url or parts.study.config.label_studio.url:
        found.notes.append(
            "Label Studio deleted the tasks; what its database keeps in freed pages and backups, its administrator "
            "has to clear (VACUUM)."
        )
        return
    LocalLabelStudio(parts.settings.state, parts.settings.label_studio_env).compact()


def _elsewhere(one: Pending) -> str:
    return (
        f"project {one.project} stands in another Label Studio, at {one.url}. Set LABEL_STUDIO_URL and "
        f"LABEL_STUDIO_API_KEY to it and run the same command again, or delete the project there."
    )


def show_nothing(parts: Parts, tombstone: Withdrawal, found: Withdrawn) -> None:
    """No coder is shown any more what an erased model suggested."""
    versions = {f"tandem {version}" for version in tombstone.models}
    with parts.store.reading() as connection:
        pushed = projects(connection)
    if not pushed or not versions:
        return
    try:
        with label_studio_of(parts) as server:
            for one in pushed:
                if one.url == server.url and holds_project(server, one.project_id):
                    forget_predictions(server, one.project_id, versions)
    except TandemError as error:
        found.still_there.append(
            f"Label Studio still shows what {', '.join(sorted(tombstone.models))} suggested ({error}) Run the same "
            f"command again once it answers."
        )
