"""Whoever may open few pages sees all of them; whoever may open many sees them in groups, and no address is lost."""

from __future__ import annotations

from uuid import uuid4

from service.access.policy import may
from service.access.viewer import Viewer, ViewerRole
from service.web.navigation import GROUPS, ITEMS, ON_ONE_LINE, groups_for, place_of


def test_a_lead_sees_groups_and_every_page_is_in_one() -> None:
    """At most as many words as fit on a line, each leading to a page of its own group."""
    found = groups_for(Viewer(uuid4(), "Lea", ViewerRole.LEAD))
    assert len(found) <= ON_ONE_LINE
    assert [item for group in found for item in group.items] == list(ITEMS)
    assert len({item.path for item in ITEMS}) == len(ITEMS)
    assert all(group.holds(group.path) for group in found)


def test_who_may_open_few_pages_sees_each_of_them() -> None:
    """A coder's pages are one click away, and only those that she may open."""
    for role in (ViewerRole.CODER, ViewerRole.READER):
        viewer = Viewer(uuid4(), "Ada", role)
        found = groups_for(viewer)
        assert [group.path for group in found] == [one.path for one in ITEMS if may(viewer, one.needs)]
        assert all(len(group.items) == 1 for group in found)
    assert groups_for(None) == ()


def test_a_page_below_an_item_belongs_to_its_group() -> None:
    """The longest address counts, and what is nobody's opens no group."""
    here = place_of("/hand-out/ticks/money")
    assert here == "/hand-out"
    assert [group.title for group in GROUPS if group.holds(here)] == ["Coding"]
    assert [group for group in GROUPS if group.holds(place_of("/account"))] == []
