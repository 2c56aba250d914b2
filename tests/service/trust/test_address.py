"""Which server an address leads to, and whether it may be called."""

from __future__ import annotations

import ipaddress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.errors import BadInput
from service.trust.address import Address, Confirmation, may_be_called, may_have_token, web_address

HOSTS = st.one_of(
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z0-9]{1,8}){0,3}", fullmatch=True),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda number: str(number)),
)
ADDRESSES = st.builds(Address, st.sampled_from(["http", "https", "postgresql"]), HOSTS, st.integers(1, 65535))
CONFIRMED = st.frozensets(st.builds(Confirmation, ADDRESSES, st.booleans()), max_size=3)
PARTS = st.sampled_from(
    [*"/:@?#\\[]%.-_ \t\n\0", "http", "https", "//", "127.0.0.1", "localhost", "::1", "evil.example", "80", "0x7f", "%00",
     "%40", "ａ", "。", "user:pw@"]
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1", "http://127.0.0.1:8431/path", "https://127.8.9.10", "http://localhost", "http://LOCALHOST:80/",
        "http://[::1]:8431", "http://[0:0:0:0:0:0:0:1]",
    ],
)  # fmt: skip
def test_these_lead_to_this_machine(text: str) -> None:
    """Numbers of loopback in their usual form, and its name."""
    assert web_address(text).is_loopback


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost.evil.example", "http://127.0.0.1.nip.io", "http://localhost.", "http://127.0.0.1.", "http://0.0.0.0",
        "http://2130706433", "http://0x7f000001", "http://127.1", "http://[::]", "http://[::ffff:127.0.0.1]",
        "http://[fe80::1]", "http://10.0.0.1", "http://box", "http://local-host", "http://127-0-0-1.example.org",
    ],
)  # fmt: skip
def test_these_lead_elsewhere_or_may_do_so(text: str) -> None:
    """Names that only look like it, and ways of writing that programs read differently."""
    assert not web_address(text).is_loopback


@pytest.mark.parametrize(
    "text",
    [
        "", "127.0.0.1:8431", "ftp://127.0.0.1", "file:///etc/passwd", "http://", "http:///x", "http:127.0.0.1",
        "http://127.0.0.1@evil.example", "http://127.0.0.1:80@evil.example", "http://user:secret@box", "http://box\\@127.0.0.1",
        "http://127.0.0.1#@evil.example", "http://127.0.0.1?@evil.example", "http://127.0.0.1\t.evil.example", "http://a b",
        "http://127.0.0.1\n.evil.example", "http://box:99999", "http://box:a", "http://0177.0.0.1", "http://ｌocalhost",
        "http://[fe80::1%25eth0]", "http://ex%61mple.org", "http://[::1",
    ],
)  # fmt: skip
def test_these_are_refused(text: str) -> None:
    """What is no address, what carries a name or a password, and what two programs could read as two servers."""
    with pytest.raises(BadInput, match="no address") as said:
        web_address(text)
    assert "secret" not in str(said.value)


@given(st.lists(PARTS, max_size=9).map("".join))
def test_whoever_calls_it_reads_it_as_it_was_judged(text: str) -> None:
    """Whatever is put together: it is refused, or httpx calls exactly the host and the port that were judged."""
    try:
        address = web_address(text)
    except BadInput:
        return
    called = httpx.Request("GET", f"{text.rstrip('/')}/api/tasks/?page=1").url
    host = called.raw_host.decode("ascii").lower()
    assert (called.scheme, called.userinfo) == (address.scheme, b"")
    assert host == address.host or ipaddress.ip_address(host) == ipaddress.ip_address(address.host)
    assert (called.port or {"http": 80, "https": 443}[called.scheme]) == address.port


@given(ADDRESSES.filter(lambda one: one.scheme != "postgresql"))
@pytest.mark.slow
def test_an_address_written_out_is_read_as_the_same(address: Address) -> None:
    """What a sentence tells people to type is what they are asked about."""
    if not any(set(part) <= set("0123456789x") for part in address.host.split(".")):
        assert web_address(str(address)) == address


@given(HOSTS, st.integers(1, 65535))
@pytest.mark.slow
def test_only_loopback_is_loopback(host: str, port: int) -> None:
    """Of all numbers, those that Python's own library calls loopback, older forms left out; of all names, one."""
    found = Address("http", host, port).is_loopback
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        assert found == (host == "localhost")
        return
    assert found == (number.is_loopback and getattr(number, "ipv4_mapped", None) is None)


@given(ADDRESSES, CONFIRMED)
@pytest.mark.slow
def test_what_only_the_study_names_waits_for_its_confirmation(
    address: Address, confirmed: frozenset[Confirmation]
) -> None:
    """Never another address's, and over plain http only one that says so; what the user names is always called."""
    assert may_be_called(address, by_study=False, confirmed=confirmed)
    allowed = may_be_called(address, by_study=True, confirmed=confirmed)
    own = {one for one in confirmed if one.address == address}
    if address.is_loopback:
        assert allowed
    elif address.scheme == "http":
        assert allowed == any(one.plain_http for one in own)
    else:
        assert allowed == bool(own)


@given(ADDRESSES, ADDRESSES, CONFIRMED)
@pytest.mark.slow
def test_a_token_goes_where_it_was_given_for(
    address: Address, other: Address, confirmed: frozenset[Confirmation]
) -> None:
    """No confirmation lets it go to another address, and loopback alone is not enough."""
    assert may_have_token(address, given_for=other, confirmed=confirmed) == (address == other)
    assert may_have_token(address, given_for=address, confirmed=frozenset())
    assert not may_have_token(address, given_for=None, confirmed=frozenset())
