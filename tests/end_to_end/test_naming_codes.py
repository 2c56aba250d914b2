"""Codes named by a coder's fingers in Chromium: what is stored is what was named, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import coder_fingers as fingers
import pytest
from study_to_push import StudyToPush, exported

from annotations.label_studio.answer_of_annotation import answer_of
from annotations.label_studio.controls import MOST_BOXES, listed_codes
from annotations.lots import lots
from annotations.store.suggestions import Suggested
from service.label_studio.local import Access

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.browser,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]


class EveryCode(StudyToPush):
    """The passages offer all listed codes of the common framework in boxes, nine each, none ticked."""

    def __init__(self, folder: Path, access: Access) -> None:
        super().__init__(folder, access)
        self.codes = tuple(code.id for code in listed_codes(self.codebook))
        self.offered = [list(some) for some in lots(self.codes, MOST_BOXES)]

    def _said(self, segments: Sequence[UUID], shift: int, silent: Collection[int]) -> list[Suggested]:
        del shift, silent  # the same for every version
        found = []
        for at, segment in enumerate(segments):
            some = self.offered[at] if at < len(self.offered) else []
            chances = tuple(0.29 - some.index(code) / 100 if code in some else 0.0 for code in self.codes)
            found.append(Suggested(segment, chances, tuple(some), {}))
        return found


@pytest.fixture
def every(tmp_path: Path, label_studio: Access) -> Iterator[EveryCode]:
    """A passage for each nine codes, and one more."""
    made = EveryCode(tmp_path / "study", label_studio)
    made.add("A-01", units=len(made.offered) + 1)
    made.serve("v1")
    yield made
    made.parts.close()


def test_every_code_named_by_box_and_many_by_search_are_stored(every: EveryCode, page: Any) -> None:
    """By boxes all codes, by their keys; by search those whose names hide in others, the groups, and every sixth."""
    (done,) = every.push()
    fingers.open_stream(page, done.project.url)
    for at, some in enumerate(every.offered):
        fingers.at_turn(page, f"turn {2 * at + 2} of")
        assert [ticked for _, ticked in fingers.boxes(page)] == [False] * len(some)
        fingers.press(page, [str(key) for key in range(1, len(some) + 1)])
        fingers.submit(page)
    fingers.at_turn(page, f"turn {2 * len(every.offered) + 2} of")
    wanted = _by_search(every)
    fingers.open_search(page)
    fingers.name_by_search(page, [every.codebook[code].name for code in wanted])
    before = fingers.chosen(page)
    # in the search Ctrl+Enter neither submits nor takes a code away
    page.keyboard.press("Control+Enter")
    assert set(fingers.chosen(page)) - set(before) == {"⏎"}
    assert set(before) <= set(fingers.chosen(page))
    fingers.close_search(page)
    fingers.submit(page)
    with every.server() as server:
        stored = [
            answer_of(task["annotations"][0]["result"], every.codebook).codes
            for task in exported(server, done.project.id).values()
        ]
    assert stored == [*map(set, every.offered), set(wanted)]


def _by_search(every: EveryCode) -> list[str]:
    codebook = every.codebook
    groups = [code.id for code in listed_codes(codebook) if codebook.children(code.id, code.framework)]
    hidden = [
        code.id
        for code in listed_codes(codebook)
        if any(code.name.casefold() in other.name.casefold() for other in codebook if other.id != code.id)
    ]
    return list(dict.fromkeys([*groups, *hidden, *every.codes[::6]]))
