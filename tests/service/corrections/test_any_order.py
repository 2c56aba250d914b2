"""Whatever happens in whatever order, after a pull the reviews equal the annotations."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_label_studio import FakeLabelStudio, chosen, keys_of, pushed_study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reviews_arriving import counted_in, deliver, pull_now, said_in

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.label_studio.read_answers import Answers
from annotations.label_studio.webhook import webhook_of
from annotations.study.config import read_study
from service.composition import Parts
from service.corrections.inbox import Inbox
from service.corrections.pull import pull_changed
from service.settings import read_settings

_RESULTS = [
    chosen("money"),
    chosen("people", "early"),
    chosen("money", "late", memo="m"),
    chosen(nothing=True),
    [],
    chosen("money", nothing=True),
    chosen("gone"),
]


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["save", "save", "save", "update", "update", "skip", "delete", "drop task", "tell", "tell", "tell",
             "tell twice", "lose", "pull changed", "crash"]
        ),
        st.integers(0, 30),
        st.integers(0, 30),
        st.sampled_from([1, 1, 60, 3600, -90, -7200]),
    ),
    max_size=30,
)  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pushed study that every example gets a copy of."""
    codebook = Codebook(
        name="Small",
        frameworks=(Framework("topics", "Topics"), Framework("phase", "Phase", role="phase", select="one")),
        codes=(
            Code("money", "Money", "topics", "Topics/Money"),
            Code("people", "People", "topics", "Topics/People"),
            Code("early", "Early", "phase", "Phase/Early"),
            Code("late", "Late", "phase", "Phase/Late"),
        ),
    )
    folder = tmp_path_factory.mktemp("template") / "study"
    parts = pushed_study(folder, codebook, tasks=3)
    parts.close()
    return folder


@pytest.mark.slow
@given(steps=_STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_a_pull_reviews_equal_annotations(
    template: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int, int]]
) -> None:
    """Saved, changed, skipped, deleted; told once, twice, never, in any order, with clocks that jump: it comes out even."""
    folder = tmp_path_factory.mktemp("example") / "study"
    shutil.copytree(template, folder)
    parts = Parts(read_study(folder), read_settings({"TANDEM_STATE": str(folder.parent / "state")}))
    try:
        server = FakeLabelStudio(keys_of(parts))
        inbox = Inbox(parts, lambda: (server.url, server.people))
        for step in steps:
            inbox = _step(parts, server, inbox, *step)
        pull_now(parts, server)
        assert said_in(parts) == _expected(parts, server)
        before = counted_in(parts)
        assert pull_now(parts, server).counted.total() == 0
        assert counted_in(parts) == before
    finally:
        parts.close()
        shutil.rmtree(folder)


def _step(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox, what: str, one: int, other: int, passes: int
) -> Inbox:
    server.now += timedelta(seconds=passes)
    tasks, there = sorted(server.tasks), server.annotations
    if what == "save" and tasks:
        result = _RESULTS[other % len(_RESULTS)]
        server.save(tasks[one % len(tasks)], 1 + other % 2, result)
    elif what == "update" and there:
        server.update(there[one % len(there)]["id"], _RESULTS[other % len(_RESULTS)])
    elif what == "skip" and there:
        server.update(there[one % len(there)]["id"], [], was_cancelled=True)
    elif what == "delete" and there:
        server.delete(there[one % len(there)]["id"])
    elif what == "drop task" and len(tasks) > 1:
        server.delete_task(tasks[one % len(tasks)])
    elif what in ("tell", "tell twice", "lose", "crash") and server.told:
        body = server.told[one % len(server.told)]
        if what != "tell twice":
            server.told.remove(body)
        if what == "crash":
            inbox.store(webhook_of(body))
            return Inbox(parts, lambda: (server.url, server.people))
        if what != "lose":
            deliver(inbox, body)
    elif what == "pull changed":
        pull_changed(parts, inbox, Answers(server))
    return inbox


def _expected(parts: Parts, server: FakeLabelStudio) -> list[tuple[str, int, tuple[str, ...]]]:
    """Each coder's newest annotation of a task that says something, read off Label Studio by hand."""
    starts = {str(key): at for key, at in zip(keys_of(parts), _starts(parts), strict=True)}
    newest: dict[tuple[str, int], tuple[Any, tuple[str, ...]]] = {}
    for task in server.tasks.values():
        for one in task["annotations"]:
            if one["was_cancelled"] or one["result"] not in _RESULTS[:4]:
                continue
            codes = sorted(
                path[-1] if isinstance(path, list) else path
                for region in one["result"]
                if region["from_name"] in ("f-topics", "f-phase")
                for path in [*region["value"].get("taxonomy", ()), *region["value"].get("choices", ())]
            )
            coder = {1: "Ada", 2: "Bo"}[one["completed_by"]]
            slot = (coder, starts[task["data"]["segment_id"]])
            rank = (one["updated_at"], one["id"])
            if slot not in newest or rank > newest[slot][0]:
                newest[slot] = (rank, tuple(codes))
    return sorted((coder, start, codes) for (coder, start), (_, codes) in newest.items())


def _starts(parts: Parts) -> list[int]:
    from annotations.store.segments import segments_of

    with parts.store.reading() as connection:
        (cut,) = segments_of(connection, parts.segmentation.version).values()
    return [one.span.start for one in cut]
