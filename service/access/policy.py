"""Who may do what, as one table: pages, API, exports, evidence and commands ask it and hold no rule of their own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from annotations.errors import TandemError
from service.access.viewer import Viewer, ViewerRole


class Action(StrEnum):
    """What can be done, in the words of a refusal ("only a lead may …")."""

    SEE_FIGURES = "see figures and tables"
    SEE_MODELS = "see what models are worth"
    READ_CODEBOOK = "read the codebook"
    READ_TEXT = "read what participants said"
    SEE_OWN_CODES = "see their own codes"
    SEE_OTHERS_CODES = "see what others or a model coded in a passage"
    CODE = "code passages"
    WRITE_DOUBT = "write a memo or a question"
    EXPORT = "take files out of the study"
    BRING_IN = "bring files into the study"
    HAND_OUT = "pre-code and hand out interviews"
    DECIDE_CODES = "record what a team agreed on"
    CHANGE_MODELS = "train, promote and roll back models"
    ERASE = "withdraw participants and change consents"
    MANAGE_PEOPLE = "invite people and change their roles"
    SEE_AUDIT = "read the audit log"
    CHANGE_STUDY = "change settings, codebook and backups"


class Rule(StrEnum):
    """When a role may do something."""

    ALWAYS = "always"
    WITH_TEXT = "if text is granted"
    AFTER_OWN = "once their own review of the passage is in"
    NEVER = "never"


@dataclass(frozen=True)
class About:
    """What an action is about. ``site``: of the interview; ``one_site`` False where it is about the whole study.

    ``own_is_in``: has the person who asks reviewed this passage (and is it not blind to her any more)?
    """

    site: str | None = None
    one_site: bool = False
    own_is_in: bool = False


WHOLE_STUDY = About()

_ALL, _TEXT, _AFTER, _NO = Rule.ALWAYS, Rule.WITH_TEXT, Rule.AFTER_OWN, Rule.NEVER

# action → what a coder and what a reader may; a lead may everything
POLICY: dict[Action, tuple[Rule, Rule]] = {
    Action.SEE_FIGURES: (_ALL, _ALL),
    Action.SEE_MODELS: (_ALL, _ALL),
    Action.READ_CODEBOOK: (_ALL, _ALL),
    Action.READ_TEXT: (_ALL, _TEXT),
    Action.SEE_OWN_CODES: (_ALL, _NO),
    Action.SEE_OTHERS_CODES: (_AFTER, _TEXT),
    Action.CODE: (_ALL, _NO),
    Action.WRITE_DOUBT: (_ALL, _NO),
    Action.EXPORT: (_NO, _NO),
    Action.BRING_IN: (_NO, _NO),
    Action.HAND_OUT: (_NO, _NO),
    Action.DECIDE_CODES: (_NO, _NO),
    Action.CHANGE_MODELS: (_NO, _NO),
    Action.ERASE: (_NO, _NO),
    Action.MANAGE_PEOPLE: (_NO, _NO),
    Action.SEE_AUDIT: (_NO, _NO),
    Action.CHANGE_STUDY: (_NO, _NO),
}


# about the whole study, for those alone who see every site of it
_STUDY_WIDE = frozenset({Action.EXPORT, Action.BRING_IN, Action.HAND_OUT, Action.DECIDE_CODES, Action.ERASE})
# they reach every site, whatever they are said to be about: what a model is worth is measured at all of them
_NEVER_LIMITED = frozenset(
    {
        Action.SEE_MODELS,
        Action.CHANGE_MODELS,
        Action.MANAGE_PEOPLE,
        Action.SEE_AUDIT,
        Action.CHANGE_STUDY,
    }
)


class NotAllowed(TandemError):
    """Whoever asks may not do this; the message says who can."""

    def __init__(self, viewer: Viewer, action: Action, asked: str = "") -> None:
        super().__init__(refusal(viewer, action, asked))
        self.viewer, self.action = viewer, action


def rule_for(role: ViewerRole, action: Action) -> Rule:
    """When this role may do this."""
    if role is ViewerRole.LEAD:
        return Rule.ALWAYS
    coder, reader = POLICY[action]
    return coder if role is ViewerRole.CODER else reader


def may(viewer: Viewer, action: Action, about: About = WHOLE_STUDY) -> bool:
    """May this person do this, about this interview or the whole study?"""
    if about.one_site and not viewer.sees_site(about.site):
        return False
    if viewer.sites is not None and (
        action in _NEVER_LIMITED or (action in _STUDY_WIDE and not about.one_site)
    ):
        return False
    rule = rule_for(viewer.role, action)
    if rule is Rule.WITH_TEXT:
        return viewer.sees_text
    if rule is Rule.AFTER_OWN:
        return about.own_is_in
    return rule is Rule.ALWAYS


def must(viewer: Viewer, action: Action, about: About = WHOLE_STUDY, *, asked: str = "") -> None:
    """Does nothing if this person may do this; raises NotAllowed if not.

    ``asked``: what was asked for, such as "see the jobs", where whoever may do the action may do that too.
    """
    if not may(viewer, action, about):
        raise NotAllowed(viewer, action, asked)


def refusal(viewer: Viewer, action: Action, asked: str = "") -> str:
    """What to tell whoever may not. ``asked``: as of ``must``."""
    where = "" if viewer.sites is None else f", only {', '.join(sorted(viewer.sites)) or 'no site'}"
    who = f"{viewer.name} ({viewer.role}{where})"
    return f"You are signed in as {who}, who may not {asked or action}. A lead who sees every site can."
