"""When a worker asks for a training by itself: after as many new reviews as study.yaml says."""

from __future__ import annotations

from annotations.store.jobs import ask_for, latest_of
from annotations.store.model_versions import newest_kept
from annotations.store.reviews import newest_review, reviews_after
from service.composition import Parts


def ask_if_due(parts: Parts) -> bool:
    """Ask for a training if as many new reviews are in as study.yaml says (retrain: after), and none was asked for since.

    The first training is for a person to ask for.
    """
    after = parts.study.config.retrain.after
    if after is None:
        return False
    with parts.store.writing() as connection:
        # where every version was erased, the withdrawal has one trained
        newest = newest_kept(connection)
        if newest is None or reviews_after(connection, newest.last_review) < after:
            return False
        last, came = latest_of(connection, "train"), newest_review(connection)
        if last is not None and (
            came is None or last.state in ("waiting", "running") or last.created >= came
        ):
            return False
        ask_for(connection, "train", {})
        return True
