"""Who may do what: the table as a whole, role × action × site."""

from __future__ import annotations

import pytest

from service.access.policy import About, Action, may, refusal
from service.access.viewer import Viewer, ViewerRole

CODER_ALWAYS = {
    Action.SEE_FIGURES,
    Action.SEE_MODELS,
    Action.READ_CODEBOOK,
    Action.READ_TEXT,
    Action.SEE_OWN_CODES,
    Action.CODE,
    Action.WRITE_DOUBT,
}
REACHES_EVERY_SITE = {
    Action.SEE_MODELS,
    Action.CHANGE_MODELS,
    Action.MANAGE_PEOPLE,
    Action.SEE_AUDIT,
    Action.CHANGE_STUDY,
}
READER_ALWAYS = {Action.SEE_FIGURES, Action.SEE_MODELS, Action.READ_CODEBOOK}
READER_WITH_TEXT = {Action.READ_TEXT, Action.SEE_OTHERS_CODES}


def _viewer(role: ViewerRole, sites: frozenset[str] | None = None, *, sees_text: bool = False) -> Viewer:
    return Viewer(None, "Ada", role, sites, sees_text)


@pytest.mark.parametrize("action", Action)
def test_whole_table(action: Action) -> None:
    """A lead may everything; the others what stands here, written a second time on purpose."""
    assert may(_viewer(ViewerRole.LEAD), action)
    assert may(_viewer(ViewerRole.CODER), action) == (action in CODER_ALWAYS)
    assert may(_viewer(ViewerRole.READER), action) == (action in READER_ALWAYS)
    assert may(_viewer(ViewerRole.READER, sees_text=True), action) == (
        action in READER_ALWAYS | READER_WITH_TEXT
    )


@pytest.mark.parametrize("role", ViewerRole)
@pytest.mark.parametrize("action", Action)
def test_a_site_that_is_not_theirs_is_closed_whatever_the_role(role: ViewerRole, action: Action) -> None:
    """Nor is what belongs to no site theirs; how a site is spelt does not matter."""
    limited = _viewer(role, frozenset({"Lund"}), sees_text=True)
    assert not may(limited, action, About(site="Malmö", one_site=True, own_is_in=True))
    assert not may(limited, action, About(site=None, one_site=True, own_is_in=True))
    whole = may(_viewer(role, sees_text=True), action, About(own_is_in=True))
    own_site = may(limited, action, About(site="LUND", one_site=True, own_is_in=True))
    assert own_site == (whole and action not in REACHES_EVERY_SITE)


@pytest.mark.parametrize("action", Action)
def test_who_is_limited_to_sites_does_nothing_to_the_whole_study(action: Action) -> None:
    """A lead of one site makes nobody a lead of all, takes no file of every site, and withdraws nobody elsewhere."""
    limited = may(_viewer(ViewerRole.LEAD, frozenset({"Lund"})), action)
    assert limited == (action in (CODER_ALWAYS | {Action.SEE_OTHERS_CODES}) - REACHES_EVERY_SITE)


def test_a_coder_sees_others_codes_once_her_own_are_in() -> None:
    """Before, they would sway her."""
    coder = _viewer(ViewerRole.CODER)
    assert not may(coder, Action.SEE_OTHERS_CODES, About(own_is_in=False))
    assert may(coder, Action.SEE_OTHERS_CODES, About(own_is_in=True))


def test_a_refusal_names_who_and_what() -> None:
    """So that somebody knows whom to ask."""
    said = refusal(_viewer(ViewerRole.READER), Action.EXPORT)
    assert "Ada (reader)" in said
    assert "take files out of the study" in said
    asked = refusal(_viewer(ViewerRole.CODER), Action.HAND_OUT, "see the work of another coder")
    assert "Ada (coder), who may not see the work of another coder." in asked
    assert Action.HAND_OUT not in asked
