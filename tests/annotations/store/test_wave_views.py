"""How a wave is put before coders: the choice is kept, for each wave alone, and can be changed."""

from __future__ import annotations

import pytest

from annotations.errors import UnknownName
from annotations.store.database import Store
from annotations.store.label_studio_projects import add_project, project_for
from annotations.store.wave_views import TaskView, choose_view, view_of
from service.pushing.push_asked import view_named


def test_the_newest_choice_holds_for_its_wave(store: Store) -> None:
    """Passages at first; chosen anew, and back."""
    with store.writing() as connection:
        assert view_of(connection, "2") is TaskView.PASSAGE
        assert not choose_view(connection, "2", TaskView.PASSAGE)
        assert choose_view(connection, "2", TaskView.INTERVIEW)
        assert not choose_view(connection, "2", TaskView.INTERVIEW)
        assert (view_of(connection, "2"), view_of(connection, "3")) == (TaskView.INTERVIEW, TaskView.PASSAGE)
        assert choose_view(connection, "2", TaskView.PASSAGE)
        assert view_of(connection, "2") is TaskView.PASSAGE


def test_a_wave_has_a_project_for_each_view(store: Store) -> None:
    """The one is not taken for the other."""
    with store.writing() as connection:
        for number, view in ((1, TaskView.PASSAGE), (2, TaskView.INTERVIEW)):
            known = {"url": "http://ls", "coder": None, "wave": "2"}
            add_project(connection, **known, project_id=number, title="T", view=view)
        found = [
            project_for(connection, url="http://ls", coder=None, wave="2", view=view) for view in TaskView
        ]
    assert [(one.project_id, one.view) for one in found if one] == [
        (1, TaskView.PASSAGE),
        (2, TaskView.INTERVIEW),
    ]


def test_an_unknown_view_is_named() -> None:
    """With what there is."""
    assert (view_named(None), view_named("Interview")) == (None, TaskView.INTERVIEW)
    with pytest.raises(UnknownName, match="passage"):
        view_named("pages")
