"""A project that coders work in while the screen changes: what they answered and what they had begun on stays theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import coder_fingers as fingers
import pytest
from study_to_push import StudyToPush, answer, exported

from annotations.label_studio.answer_of_annotation import answer_of
from annotations.label_studio.client import LabelStudio
from annotations.store.tables import label_studio_tasks, shown_models
from service.label_studio.local import Access

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.browser,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]
GROUP, CODE, OTHER = "internal-context", "internal-context-culture", "internal-context-compatibility"


class Earlier(StudyToPush):
    """A study whose project stands as an earlier version of Tandem left it."""

    def go_back(self, server: LabelStudio, project: int) -> None:
        """The tree instead of boxes and list, tasks without boxes, predictions in the tree, no record of boxes."""
        server.ask("PATCH", f"api/projects/{project}/", {"label_config": _tree(self)})
        for task in exported(server, project).values():
            data = {k: v for k, v in task["data"].items() if k != "candidates"}
            server.ask("PATCH", f"api/tasks/{task['id']}/", {"data": data})
            for one in task["predictions"]:
                if not one["result"]:
                    continue
                code = one["result"][0]["value"]["choices"][0]
                parent = self.codebook[code].parent
                path = [parent, code] if parent else [code]
                server.ask("PATCH", f"api/predictions/{one['id']}/", {"result": [_in_tree(path)]})
        with self.parts.store.writing() as connection:
            for table in (label_studio_tasks, shown_models):
                connection.execute(table.update().values(offered=None, ticked=None))


def _tree(study: StudyToPush) -> str:
    book = study.codebook
    nodes = "".join(
        f"<Choice value={quoteattr(group.name)} alias={quoteattr(group.id)}>"
        + "".join(
            f"<Choice value={quoteattr(code.name)} alias={quoteattr(code.id)}/>"
            for code in book.children(group.id, "elements")
        )
        + "</Choice>"
        for group in book.children(None, "elements")
    )
    return (
        '<View><Text name="header" value="$header"/><HyperText name="segment" value="$words"/>'
        f'<Taxonomy name="f-elements" toName="segment">{nodes}</Taxonomy>'
        '<Choices name="influence" toName="segment" choice="single"><Choice value="+" alias="influence-plus"/></Choices>'
        '<View><Choices name="nothing" toName="segment" choice="single">'
        '<Choice value="Reviewed: no code applies" alias="no-code-applies"/></Choices></View>'
        '<TextArea name="memo" toName="segment" maxSubmissions="1" editable="true"/></View>'
    )


def _in_tree(path: list[str]) -> dict[str, Any]:
    value = {"taxonomy": [path]}
    return {"id": "r1", "from_name": "f-elements", "to_name": "segment", "type": "taxonomy", "value": value}


@pytest.fixture
def earlier(tmp_path: Path, label_studio: Access) -> Iterator[Earlier]:
    """One interview of four passages."""
    made = Earlier(tmp_path / "study", label_studio)
    made.add("A-01", units=4)
    made.serve("v1")
    yield made
    made.parts.close()


def test_answers_and_a_half_done_draft_survive_the_new_screen(earlier: Earlier, page: Any) -> None:
    """They are shown with their names and read as before; what nobody has begun on comes in boxes."""
    (done,) = earlier.push()
    project = done.project.id
    with earlier.server() as server:
        earlier.go_back(server, project)
        first, second, *_ = [task["id"] for task in exported(server, project).values()]
        memo = {"id": "m", "from_name": "memo", "to_name": "segment", "type": "textarea"}
        half = [_in_tree([GROUP, OTHER]), memo | {"value": {"text": ["not sure yet"]}}]
        answer(server, first, [_in_tree([GROUP, CODE])])
        server.ask("POST", f"api/tasks/{second}/drafts", {"result": half, "lead_time": 3, "draft_id": 0})
        (again,) = earlier.push()
        assert again.reviewed == 2
        page.goto(f"{done.project.url}/data?task={second}")
        page.locator(".tandem-earlier").get_by_text("Compatibility").wait_for()
        assert "not sure yet" in page.locator(".tandem-form").inner_text()
        fingers.submit(page)
        tasks = {task["id"]: task for task in exported(server, project).values()}
    answers = [answer_of(tasks[one]["annotations"][0]["result"], earlier.codebook) for one in (first, second)]
    assert [(one.codes, one.memo) for one in answers] == [({CODE}, ""), ({OTHER}, "not sure yet")]
    untouched = [task for one, task in tasks.items() if one not in (first, second)]
    ticked = [
        [(region["from_name"], region["value"]["choices"]) for region in one["result"]]
        for task in untouched
        for one in task["predictions"]
    ]
    assert ticked[0][0][0] == "likely"
    assert ticked[0][0][1][0] in {box["alias"] for box in untouched[0]["data"]["candidates"]}
    fingers.open_stream(page, done.project.url)
    assert page.locator(".tandem-earlier").is_hidden()
    assert fingers.boxes(page)[0][1]
