"""Who can enter the study's Label Studio, and whom it would show what they may not see.

Label Studio's free edition shows every user every project. So whoever has a user there sees all that was pushed there;
what an account says of sites holds only if transcripts that some sites alone may see are not pushed where others enter.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotations.errors import BadInput
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.invited_user import make_user, users_by_mail
from annotations.names import folded
from annotations.store.accounts import Account, all_accounts
from annotations.store.label_studio_users import keep_users
from annotations.store.pushed_tasks import pushed_transcripts
from annotations.store.transcripts import KeptTranscript, all_texts
from annotations.study.config import StudyConfig
from annotations.transcript import Transcript
from service.access.transcript_access import sees
from service.access.viewer import Viewer
from service.accounts.people import sites_in
from service.accounts.viewers import viewer_of_account
from service.audit import Actor, Did, note
from service.composition import Parts
from service.label_studio.addresses import address_for_people

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user in Label Studio. ``password``: what Tandem made up, shown once and not kept."""

    url: str
    email: str
    password: str

    def __repr__(self) -> str:
        return f"NewUser(email={self.email!r}, …)"


def is_restricted(transcript: Transcript, config: StudyConfig) -> bool:
    """May only some of the study's sites see it?"""
    allowed = transcript.consents.visible_to
    if allowed is None:
        return False
    known = {folded(site) for site in sites_in(config)}
    return not known or bool(known - {folded(site) for site in allowed})


def viewers_there(accounts: Iterable[Account], mails: Iterable[str], own: str) -> Mapping[str, Viewer | None]:
    """By e-mail address, whom each user of Label Studio is here; None for somebody without an account.

    ``own``: the address of Tandem's own user, which is the lead's.
    """
    known = {folded(account.email): viewer_of_account(account) for account in accounts if account.email}
    return {mail: known.get(folded(mail)) for mail in mails if folded(mail) != folded(own)}


def refuse_push(parts: Parts, server: LabelStudio, transcripts: Sequence[KeptTranscript]) -> None:
    """Raises BadInput if somebody can enter this Label Studio who may not see one of the transcripts.

    Asked only where there are transcripts that some sites alone may see.
    """
    closed = [
        transcript.transcript
        for transcript in transcripts
        if is_restricted(transcript.transcript, parts.study.config)
    ]
    if not closed:
        return
    with parts.store.reading() as connection:
        accounts = all_accounts(connection)
    there = viewers_there(accounts, users_by_mail(server), own=server.check())
    wrong = sorted(
        mail
        for mail, viewer in there.items()
        if viewer is None or not all(sees(viewer, transcript) for transcript in closed)
    )
    if wrong:
        names = ", ".join(transcript.name for transcript in closed[:_SHOWN]) + (
            " …" if len(closed) > _SHOWN else ""
        )
        people = ", ".join(wrong[:_SHOWN]) + (" …" if len(wrong) > _SHOWN else "")
        raise BadInput(
            f"only some sites may see {names}, and Label Studio at {server.url} shows every user every project. {people} "
            f"can enter it and may not see them, or Tandem knows no account with this address. Push these transcripts into "
            f"a Label Studio of their own (LABEL_STUDIO_URL), remove these users there, or give them accounts of a site "
            f"that may (tandem people). Nothing was pushed."
        )


def make_label_studio_user(parts: Parts, server: LabelStudio, account: Account, *, by: Actor) -> NewUser:
    """A user for this account in the study's Label Studio, known there by the account's address.

    Raises BadInput for an account without an address, for an address that has a user, and where transcripts stand there
    that this person may not see.
    """
    if not account.email:
        raise BadInput(
            f"{account.name} has no e-mail address, by which Label Studio knows people. Give one on the page People, or in "
            f"study.yaml. Nothing was changed."
        )
    viewer = viewer_of_account(account)
    with parts.store.reading() as connection:
        pushed = pushed_transcripts(connection, server.url)
        there = [kept for kept in all_texts(connection) if kept.id in pushed]
    hidden = [
        kept.transcript.name
        for kept in there
        if is_restricted(kept.transcript, parts.study.config) and not sees(viewer, kept.transcript)
    ]
    if hidden:
        raise BadInput(
            f"Label Studio at {server.url} shows every user every project, and {account.name} may not see "
            f"{len(hidden)} of the transcripts that stand there. Use another Label Studio for them. Nothing was changed."
        )
    password = "-".join(secrets.token_hex(3) for _ in range(4))
    user = make_user(server, account.email, password)
    with parts.store.writing() as connection:
        keep_users(connection, server.url, {user: account.email})
        note(connection, by, Did.INVITED, account.name, where="Label Studio", user=user)
    return NewUser(address_for_people(parts.settings, server.url), account.email, password)
