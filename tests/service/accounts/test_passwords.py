"""Which passwords are refused, how they are kept, and how long one waits after failures."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from accounts import quick_passwords
from hypothesis import given
from hypothesis import strategies as st

from annotations.errors import BadInput
from annotations.store.sign_in_attempts import Failed
from service.accounts.guesses import (
    SAME_ACCOUNT,
    SAME_ACCOUNT_AND_ADDRESS,
    SAME_ADDRESS,
    wait_after,
    waits_until,
)
from service.accounts.passwords import fault_of_password, hashed, is_dated, is_password, refuse_guessable

__all__ = ["quick_passwords"]
NEVER = Failed(0, None)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "12 are the fewest"),
        ("elevenchars", "12 are the fewest"),
        ("x" * 201, "200 are the most"),
        ("aaaaaaaaaaaa", "different characters"),
        ("abcabcabcabcabc", "different characters"),
        ("abcdeabcdeabcde", "again and again"),
        ("abcdefghijklmnop", "follow each other"),
        ("1234567890123456", "again and again|follow"),
        ("password1234", "tried first"),
        ("Password!2024", "tried first"),
        ("P@ssw0rd12345", "tried first"),
        ("qwertyuiop12", "tried first"),
        ("AdaLind20261", "a name"),
        ("ada.lind-2026", "a name"),
    ],
)
def test_what_would_be_guessed_is_refused(password: str, said: str) -> None:
    """Short, common, patterned, or made of the name; it is said why, and what to do."""
    with pytest.raises(BadInput, match=said) as caught:
        refuse_guessable(password, ("Ada Lind", "ada@example.org"))
    assert "three or four words" in str(caught.value)
    if password:
        assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password",
    [
        "violet harbour copper",
        "Regenschirm über Malmö",
        "xK9#mQ2$vL7p",
        "日本語のながいあいことばです",
        "ada likes violet harbours",
    ],
)
def test_what_nobody_guesses_is_taken(password: str) -> None:
    """Any characters of any script, and no rules of their kinds."""
    assert fault_of_password(password, ("Ada Lind",)) is None


@pytest.mark.usefixtures("quick_passwords")
def test_a_password_is_one_however_it_was_composed() -> None:
    """A Mac writes "ö" as two characters; case and spaces do matter."""
    kept = hashed("Käse über Malmö")
    assert is_password(unicodedata.normalize("NFD", "Käse über Malmö"), kept)
    assert not is_password("käse über Malmö", kept)
    assert not is_password("Käse über Malmö", None)
    assert not is_password("Käse über Malmö", "no hash")


def test_passwords_are_kept_as_argon2id_with_the_recommended_parameters() -> None:
    """RFC 9106, second choice: 3 passes over 64 MiB; each time with another salt."""
    one, other = hashed("violet harbour copper"), hashed("violet harbour copper")
    assert one != other
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not is_dated(one)
    assert is_dated(one.replace("m=65536", "m=1024"))


@given(st.integers(0, 5000))
def test_each_failure_makes_one_wait_longer_and_nobody_for_ever(times: int) -> None:
    """The wait never falls, and never passes its bound; a slip costs nothing."""
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    for patience in (SAME_ACCOUNT, SAME_ADDRESS, SAME_ACCOUNT_AND_ADDRESS):
        wait = wait_after(Failed(times, moment), patience)
        assert wait <= wait_after(Failed(times + 1, moment), patience) <= patience.longest
        assert (wait == timedelta(0)) == (times < patience.free)


def test_somebody_elses_guesses_hold_one_up_a_minute_at_most() -> None:
    """A thousand failures for an account from elsewhere; a quarter of an hour for whoever made them."""
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    many = Failed(1000, moment)
    assert waits_until(NEVER, NEVER, many) == moment + timedelta(minutes=1)
    assert waits_until(many, many, many) == moment + timedelta(minutes=15)
    assert waits_until(NEVER, NEVER, NEVER) is None
