"""May whoever asked for a job still do what it does? Rights change at once, and a job may have waited for long."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from annotations.errors import TandemError
from annotations.store.accounts import account_of
from annotations.store.jobs import Job, JobKind
from service.access.policy import Action, may
from service.accounts.viewers import viewer_of_account

# what each kind of job does, as the page that asks for it asks the policy
NEEDS: Mapping[JobKind, Action] = {
    "train": Action.CHANGE_MODELS,
    "precode": Action.HAND_OUT,
    "push": Action.HAND_OUT,
    "renew": Action.HAND_OUT,
    "measure": Action.CHANGE_MODELS,
    "evaluate": Action.CHANGE_MODELS,
    "count": Action.SEE_FIGURES,
    "export": Action.EXPORT,
    "backup": Action.CHANGE_STUDY,
    "foresee": Action.ERASE,
    "withdraw": Action.ERASE,
    "look": Action.BRING_IN,
    "bring in": Action.BRING_IN,
}


class AskerMayNot(TandemError):
    """Whoever asked for the job has lost the right since."""

    def __init__(self, name: str, action: Action) -> None:
        super().__init__(
            f"{name}, who asked for this, may not {action} any more, so nothing was done. Whoever may can try this job "
            f"again."
        )


def refuse_lost_rights(connection: Connection, job: Job) -> None:
    """Does nothing if whoever asked may still do this, or nobody with an account asked; raises AskerMayNot if not."""
    if job.asked_by is None:
        return
    action, account = NEEDS[job.kind], account_of(connection, job.asked_by)
    if account is None or account.removed or not may(viewer_of_account(account), action):
        raise AskerMayNot("Somebody" if account is None else account.name, action)
