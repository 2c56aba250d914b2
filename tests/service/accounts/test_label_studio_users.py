"""Who can enter Label Studio, and what is not pushed where they can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from accounts import KEY
from builders import a_transcript

from annotations.coding import Coder
from annotations.errors import BadInput
from annotations.label_studio.client import LabelStudio
from annotations.store.transcripts import KeptTranscript, add_transcript, all_transcripts
from annotations.transcript import Consents
from service.access.viewer import ViewerRole
from service.accounts.label_studio_users import is_restricted, make_label_studio_user, refuse_push
from service.accounts.people import Rights, close, invite, person
from service.audit import this_machines_user
from service.composition import Parts
from service.live_config import InForce
from service.new_study import make_study
from service.settings import read_settings


class Users:
    """A Label Studio in which these people have a user."""

    url = "http://127.0.0.1:8431"

    def __init__(self, *mails: str) -> None:
        self.mails = mails

    def check(self) -> str:
        """Tandem's own user."""
        return "tandem@localhost.local"

    def get(self, path: str, _params: Mapping[str, Any]) -> Any:
        """Its list of users."""
        assert path == "api/users/"
        return [{"id": n, "email": mail} for n, mail in enumerate(("tandem@localhost.local", *self.mails), 1)]


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A study of two sites; one transcript is for Lund alone, one for both by name, one for all."""
    config = {
        "name": "S",
        "cases": {"C": ["Lund", "Malmö"]},
        "coders": [{"name": "Ada Lind", "aliases": ["AL"], "email": "ada@example.org"}, {"name": "Bo"}],
    }
    study, _ = make_study(tmp_path / "s", codebook="common-framework", config=config)
    made = Parts(study, read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    with made.store.writing() as connection:
        for name, sites in (("L-01", ("lund",)), ("L-02", ("Lund", "Malmö")), ("L-03", None)):
            consents = Consents(visible_to=sites)
            add_transcript(connection, a_transcript(name, "How?", "So.", site="Lund", consents=consents))
    yield made
    made.close()


def _invite(parts: Parts, name: str, rights: Rights, email: str) -> None:
    by, config = this_machines_user(), parts.study.config
    invite(parts.store, KEY, name, rights, by=by, config=config, email=email)


def _all(parts: Parts) -> tuple[KeptTranscript, ...]:
    with parts.store.reading() as connection:
        return all_transcripts(connection)


def _refused(parts: Parts, *mails: str) -> str:
    try:
        refuse_push(parts, cast(LabelStudio, Users(*mails)), _all(parts))
    except BadInput as error:
        return str(error)
    return ""


def test_what_every_site_may_see_is_not_restricted(parts: Parts) -> None:
    """Whether the consents name none or all of them, in any spelling."""
    found = {one.transcript.name: is_restricted(one.transcript, parts.study.config) for one in _all(parts)}
    assert found == {"L-01": True, "L-02": False, "L-03": False}


def test_a_restricted_transcript_goes_where_those_alone_enter_who_may_see_it(parts: Parts) -> None:
    """A coder of its site and one without a limit may; one of another site, a stranger and a closed account may not."""
    lund, malmö = frozenset({"Lund"}), frozenset({"Malmö"})
    _invite(parts, "Lars", Rights(ViewerRole.CODER, lund), "lars@example.org")
    _invite(parts, "Mia", Rights(ViewerRole.CODER, malmö), "mia@example.org")
    _invite(parts, "Ulla", Rights(ViewerRole.CODER), "ulla@example.org")
    assert _refused(parts) == ""
    assert _refused(parts, "LARS@example.org", "ulla@example.org") == ""
    said = _refused(parts, "lars@example.org", "mia@example.org", "stranger@example.org")
    assert "only some sites may see L-01," in said
    assert "mia@example.org, stranger@example.org can enter it" in said
    close(parts.store, person(parts.store, "Ulla").id, by=this_machines_user())
    assert "ulla@example.org" in _refused(parts, "ulla@example.org")
    with parts.store.writing() as connection:
        open_one = [one for one in all_transcripts(connection) if one.transcript.name != "L-01"]
    refuse_push(parts, cast(LabelStudio, Users("stranger@example.org")), open_one)


def test_an_account_without_an_address_has_no_user(parts: Parts) -> None:
    """It is said what to do."""
    _invite(parts, "Lars", Rights(ViewerRole.CODER), "")
    account = person(parts.store, "Lars")
    with pytest.raises(BadInput, match="no e-mail address"):
        make_label_studio_user(parts, cast(LabelStudio, Users()), account, by=this_machines_user())


def test_answers_come_under_the_accounts_name(parts: Parts) -> None:
    """Whoever has an account needs no line in study.yaml; what stands there is believed first."""
    _invite(parts, "al", Rights(ViewerRole.CODER), "")
    _invite(parts, "Bo", Rights(ViewerRole.CODER), "bo@example.org")
    _invite(parts, "Cleo", Rights(ViewerRole.CODER), "cleo@example.org")
    _invite(parts, "Eve", Rights(ViewerRole.CODER), "eve@example.org")
    assert person(parts.store, "Ada Lind").email == "ada@example.org"
    in_force = InForce(parts)
    with parts.store.reading() as connection:
        assert list(in_force.coders(connection).people) == [
            Coder("Ada Lind", "person", ("AL",), "ada@example.org"),
            Coder("Bo", "person", (), "bo@example.org"),
            Coder("Cleo", "person", (), "cleo@example.org"),
            Coder("Eve", "person", (), "eve@example.org"),
        ]
    _invite(parts, "Gus", Rights(ViewerRole.CODER), "gus@example.org")
    with parts.store.reading() as connection:
        assert in_force.coders(connection).coder_of("GUS@example.org", "") == ("Gus", "")
    with pytest.raises(BadInput, match="has the address"):
        _invite(parts, "Fay", Rights(ViewerRole.CODER), "BO@example.org")
