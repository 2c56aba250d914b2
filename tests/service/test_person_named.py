"""Who did something is kept on record, so it is a name that can be read."""

from __future__ import annotations

import pytest

from annotations.errors import BadInput
from annotations.label_studio.read_answers import Answers
from annotations.names import fault_of_name
from service.cli.output import shown
from service.person_named import person_named

BAD = ["", "  ", "Ines\nBo", "Ines\u202eselI", "x" * 5000, "Ines\x1b[2J", "\u200b"]


@pytest.mark.parametrize("given", BAD)
def test_a_name_that_may_be_none_is_refused(given: str) -> None:
    """Empty, of two lines, endless, or with characters that nobody sees; the option is named, and what to do."""
    with pytest.raises(BadInput, match="--by") as caught:
        person_named(given, "--by", purpose="Say who erases.")
    said = str(caught.value)
    assert len(said) < 300
    assert not set("\n\u202e\x1b\u200b") & set(said)


def test_white_space_is_folded() -> None:
    """A name from a form may have two blanks."""
    assert person_named("  Ines   Falk ", "--by", purpose="") == "Ines Falk"


class _Accounts:
    """A Label Studio whose accounts have chosen odd addresses."""

    url = "http://127.0.0.1:1"

    def __init__(self, email: str) -> None:
        self._email = email

    def check(self) -> str:
        return self._email

    def get(self, path: str, params: dict[str, object]) -> object:
        assert path == "api/users/", params
        return [{"id": 7, "email": self._email}]


@pytest.mark.parametrize("email", BAD[2:])
def test_an_odd_address_in_label_studio_is_taken_in_short(email: str) -> None:
    """It is shown, kept with annotations and, for who works alone, the coder's name."""
    answers = Answers(_Accounts(email))
    for said in (answers.users()[7], answers.own_account()):
        assert said == "" or fault_of_name(said) is None


def test_what_turns_the_direction_of_writing_is_made_visible() -> None:
    """A project's title may say so, wherever it is printed."""
    assert shown("Wave\u202e1\x1b") == "Wave\ufffd1\ufffd"
