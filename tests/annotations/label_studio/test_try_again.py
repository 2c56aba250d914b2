"""What is tried again where Label Studio fails for a moment, and that nothing is made twice by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from shaky_label_studio import ShakyLabelStudio, shaky_label_studio

from annotations.errors import TandemError, Unreachable
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.data_manager_tab import ensure_tab
from annotations.label_studio.predicted_answer import Prediction
from annotations.label_studio.predictions_on_tasks import drop_predictions, replace_predictions
from annotations.label_studio.projects import ensure_project
from annotations.label_studio.read_answers import Answers
from annotations.label_studio.tasks import add_tasks
from annotations.label_studio.try_again import PAUSES_S
from annotations.progress import quiet

PAUSES = (0.01, 0.02, 0.03)
# a failure of each kind after which nothing has been done
MOMENTS = ("500", "502", "503", "cut")


@pytest.fixture
def fake() -> Iterator[ShakyLabelStudio]:
    """A Label Studio that fails when it is told to."""
    with shaky_label_studio() as made:
        yield made


@pytest.fixture
def server(fake: ShakyLabelStudio) -> Iterator[LabelStudio]:
    """A client that does not wait long."""
    with LabelStudio(fake.url, "token", pauses=PAUSES) as opened:
        yield opened


def _data(*keys: str) -> list[dict[str, str]]:
    return [{"segment_id": key, "words": "what somebody said"} for key in keys]


def _add(server: LabelStudio, *keys: str) -> dict[str, Any]:
    return dict(add_tasks(server, 3, _data(*keys), quiet))


@pytest.mark.parametrize("how", MOMENTS)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_what_can_be_repeated_is_tried_again(
    fake: ShakyLabelStudio, server: LabelStudio, method: str, how: str
) -> None:
    """Three failures one after the other are waited out, whatever they are."""
    fake.predictions = [{"id": 1, "task": 1, "model_version": "v1"}]
    fake.fails[method] = [how] * 3
    server.ask(method, "api/predictions/1/")
    assert len(fake.asked) == 4


def test_it_gives_up_with_the_sentence_of_the_last_failure(
    fake: ShakyLabelStudio, server: LabelStudio
) -> None:
    """After the last pause it stops, and says what it would have said at once."""
    fake.fails["GET"] = ["cut", "500", "500", "503"]
    with pytest.raises(Unreachable, match=r"failed \(503: .*locked.*Look at its log, then try again"):
        server.ask("GET", "api/projects/3/")
    assert len(fake.asked) == 4


def test_the_pauses_grow(
    fake: ShakyLabelStudio, server: LabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is longer than the one before, and together they are no more than half a minute."""
    waited: list[float] = []
    monkeypatch.setattr("annotations.label_studio.try_again.time.sleep", waited.append)
    fake.fails["GET"] = ["502"] * 3
    server.get("api/projects/3/", {})
    assert waited == list(PAUSES)
    assert list(PAUSES_S) == sorted(set(PAUSES_S))
    assert sum(PAUSES_S) <= 30


def test_a_refusal_is_not_tried_again(fake: ShakyLabelStudio, server: LabelStudio) -> None:
    """What Label Studio understood and refused it would refuse again."""
    fake.fails["GET"] = ["400"]
    with pytest.raises(TandemError, match="refused"):
        server.ask("GET", "api/projects/3/")
    assert len(fake.asked) == 1


@pytest.mark.parametrize("how", ["500", "done, 502", "done, cut"])
def test_what_makes_something_is_sent_once(fake: ShakyLabelStudio, server: LabelStudio, how: str) -> None:
    """Nobody could tell whether a second one would be made; projects are made so too."""
    fake.fails["POST"] = [how]
    with pytest.raises(Unreachable):
        server.ask("POST", "api/dm/views/", {})
    fake.fails["POST"] = [how]
    with pytest.raises(Unreachable):
        ensure_project(server, "Study", "<View/>", known=None)
    assert [path for method, path in fake.asked if method == "POST"] == ["/api/dm/views/", "/api/projects/"]


@pytest.mark.parametrize("how", [*MOMENTS, "done, 502", "done, cut"])
def test_no_task_is_made_twice_or_forgotten(fake: ShakyLabelStudio, server: LabelStudio, how: str) -> None:
    """Whether a lost import was carried out is looked up by our keys; only the rest is sent again."""
    _add(server, "a")
    fake.fails["POST"] = [how, how]
    fake.fails["GET"] = ["502"]
    assert set(_add(server, "b", "c")) == {"a", "b", "c"}
    assert fake.keys() == ["a", "b", "c"]


def test_a_copy_that_came_late_is_taken_away(fake: ShakyLabelStudio, server: LabelStudio) -> None:
    """A lost import that is carried out after its tasks were sent again leaves none twice; what was begun on stays."""
    fake.tasks = [{"id": 90 + n, "data": one} for n, one in enumerate(_data("x", "x"))]
    late = {"id": 99, "data": _data("b")[0]}
    begun = {"id": 98, "data": _data("a")[0], "draft_exists": True}
    whole = fake.answer

    def then_it_comes(method: str, path: str, body: Any) -> tuple[int, Any]:
        found = whole(method, path, body)
        if path.endswith("/import"):
            fake.tasks += [late, begun]
        return found

    fake.answer = then_it_comes  # type: ignore[method-assign]
    found = _add(server, "a", "b")
    assert sorted(fake.keys()) == ["a", "a", "b", "x", "x"]
    assert found["b"].id != 99


@pytest.mark.parametrize("how", [*MOMENTS, "done, 502", "done, cut"])
def test_no_prediction_stands_twice(fake: ShakyLabelStudio, server: LabelStudio, how: str) -> None:
    """What of a lost import stands there is looked up by task and version; the count still has to be right."""
    _add(server, "a", "b")
    fake.predictions = [
        {"id": 50, "task": 1, "model_version": "v1"},
        {"id": 51, "task": 2, "model_version": "v2"},
    ]
    fake.fails["POST"] = [None, how]
    new = {task: Prediction("v2", 0.0, ()) for task in (1, 2)}
    replace_predictions(server, 3, new, clearing=[2])
    standing = sorted((one["task"], one["model_version"]) for one in fake.predictions)
    assert standing == [(1, "v1"), (1, "v2"), (2, "v2")]


def test_taking_away_is_tried_again_and_finds_what_is_gone(
    fake: ShakyLabelStudio, server: LabelStudio
) -> None:
    """A deletion whose answer was lost has been done; asking for it again is no fault."""
    fake.predictions = [{"id": 1, "task": 1, "model_version": "v1"}]
    fake.fails["DELETE"] = ["done, cut"]
    drop_predictions(server, [1])
    assert fake.predictions == []
    fake.predictions = [{"id": 2, "task": 1, "model_version": "v1"}]
    fake.fails["POST"] = ["500", "done, 502"]
    replace_predictions(server, 3, {}, clearing=[1])
    assert fake.predictions == []


@pytest.mark.parametrize("how", ["500", "done, 502"])
def test_a_table_is_made_once(fake: ShakyLabelStudio, server: LabelStudio, how: str) -> None:
    """Where the answer is lost it is looked up whether there is one by now."""
    fake.fails["POST"] = [how]
    ensure_tab(server, 3)
    assert len(fake.views) == 1


def test_reading_the_answers_is_tried_again(fake: ShakyLabelStudio, server: LabelStudio) -> None:
    """A pull waits out what a push waits out."""
    fake.fails["GET"] = ["500", "cut"]
    assert [list(page) for page in Answers(server).pages(3)] == [[]]


def test_whoever_does_not_want_to_wait_is_told_at_once(fake: ShakyLabelStudio) -> None:
    """Without pauses one failure is the end, as the service in the background wants it."""
    fake.fails["GET"] = ["500"]
    with LabelStudio(fake.url, "token", pauses=()) as server, pytest.raises(Unreachable):
        server.get("api/projects/3/", {})
    assert len(fake.asked) == 1


def test_where_nobody_listens_the_first_question_says_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Label Studio that was not started is not waited for."""
    waited: list[float] = []
    monkeypatch.setattr("annotations.label_studio.try_again.time.sleep", waited.append)
    with LabelStudio("http://127.0.0.1:9", "token") as server:
        with pytest.raises(Unreachable, match="Start it with"):
            server.check()
        assert waited == []
        with pytest.raises(Unreachable, match="Start it with"):
            server.get("api/projects/3/", {})
        assert waited == list(PAUSES_S)
