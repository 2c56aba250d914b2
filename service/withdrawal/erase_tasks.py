"""What is erased in Label Studio: tasks, quotes beside other tasks, and what stands around passages that stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from annotations.errors import TandemError
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.erase import erase_tasks, forget_evidence, hide_surroundings
from annotations.label_studio.projects import project_exists
from annotations.label_studio.task_data import passage_fields
from annotations.label_studio.tasks import tasks_by_key
from annotations.numbers_shown import counted
from annotations.store.pushed_tasks import words_on_tasks
from annotations.store.tasks_to_erase import Pending
from service.composition import Parts
from service.label_studio.connect import label_studio_of
from service.label_studio.local import LocalLabelStudio
from service.withdrawal.receipt import ErasedThing
from service.withdrawal.withdrawn import Withdrawn


def erase_from_label_studio(
    parts: Parts,
    pending: Sequence[Pending],
    withdrawn: Withdrawn,
    *,
    left: Callable[[Sequence[Pending]], None],
) -> tuple[Pending, ...]:
    """Erase it project by project; ``left`` notes each time what is left. Returns what could not be reached."""
    still = list(pending)
    if not still:
        return ()
    try:
        with label_studio_of(parts) as server:
            for pending_here in tuple(still):
                if pending_here.url != server.url:
                    withdrawn.notes.append(_elsewhere(pending_here))
                    withdrawn.waits.append(withdrawn.notes[-1])
                    continue
                _from_project(parts, server, pending_here, withdrawn)
                still.remove(pending_here)
                left(still)
        _compact_label_studio(parts, withdrawn)
    except TandemError as error:
        tasks = sum(len(pending_here.keys) for pending_here in still)
        withdrawn.waits.append(
            f"{counted(tasks, 'task')} in Label Studio still {'holds' if tasks == 1 else 'hold'} their words: {error}"
        )
        withdrawn.notes.append(
            f"the tasks in Label Studio are still there ({error}) Run the same command again once it answers."
        )
    return tuple(still)


def _from_project(parts: Parts, server: LabelStudio, pending: Pending, withdrawn: Withdrawn) -> None:
    where = f"Label Studio at {server.url}, project {pending.project}"
    if not project_exists(server, pending.project):
        withdrawn.gone.append(ErasedThing("tasks", where, "looked for: the project is no longer there"))
        return
    erased = erase_tasks(server, pending.project, pending.keys)
    quotes = forget_evidence(server, pending.project, pending.quoting)
    if pending.around:
        with parts.store.reading() as connection:
            words = words_on_tasks(connection, pending.around)
        shown = {key: passage_fields(*said) for key, said in words.items()}
        hide_surroundings(server, pending.project, shown)
    there = tasks_by_key(server, pending.project)
    left = [key for key in pending.keys if key in there]
    if left:
        raise TandemError(
            f"project {pending.project} at {server.url} still holds tasks of theirs: {len(left)}."
        )
    withdrawn.tasks += erased
    what = f"{counted(erased, 'task')}, and quotes of theirs beside {counted(quotes, 'other task')}"
    if pending.around:
        stay = counted(len(pending.around), "task that stays", "tasks that stay")
        what += f"; what stood around {stay}, until the next push shows it anew"
    withdrawn.gone.append(
        ErasedThing(what, where, "all tasks of the project read again: none of theirs is there")
    )


def _compact_label_studio(parts: Parts, withdrawn: Withdrawn) -> None:
    if parts.settings.label_studio_url or parts.study.config.label_studio.url:
        withdrawn.notes.append(
            "Label Studio deleted the tasks; what its database keeps in freed pages and backups, its administrator "
            "has to clear (VACUUM)."
        )
        return
    LocalLabelStudio(parts.settings.state, parts.settings.label_studio_env).compact()


def _elsewhere(pending: Pending) -> str:
    return (
        f"project {pending.project} stands in another Label Studio, at {pending.url}. Set LABEL_STUDIO_URL and "
        f"LABEL_STUDIO_API_KEY to it and run the same command again, or delete the project there."
    )
