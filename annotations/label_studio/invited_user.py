"""A user in Label Studio, made as a person is: through the form behind an invitation link.

A user made by ``POST /api/users/`` belongs to no organisation there and cannot log in.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx

from annotations.errors import BadInput, TandemError, Unreachable
from annotations.label_studio.client import TIME_LIMIT_S, LabelStudio

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def users_by_mail(server: LabelStudio) -> dict[str, int]:
    """Everybody who has a user there: e-mail address, in small letters, and number."""
    plain = server.get("api/users/", {}) or []
    return {str(user.get("email") or "").casefold(): int(user["id"]) for user in plain}


def make_user(server: LabelStudio, email: str, password: str) -> int:
    """The number of the new user. Raises BadInput if the address has one, TandemError where none came of it."""
    if email.casefold() in users_by_mail(server):
        raise BadInput(
            f"{email} has a user in Label Studio at {server.url} already. Nothing was changed. If its password is lost, "
            f"whoever runs Label Studio can set a new one: the page on troubleshooting says how."
        )
    invited = server.get("api/invite", {}) or {}
    # only the path: what Label Studio believes its own address to be may be another
    link = urlsplit(str(invited.get("invite_url") or ""))
    path = f"{link.path}?{link.query}" if link.query else link.path
    try:
        # no proxy and no .netrc; the form's cookies go with this client
        with httpx.Client(base_url=server.url, timeout=TIME_LIMIT_S, trust_env=False) as browser:
            form = _TOKEN.search(browser.get(path).text)
            said = {"email": email, "password": password, "allow_newsletters": "false", "how_find_us": ""}
            said["csrfmiddlewaretoken"] = "" if form is None else form[1]
            browser.post(path, data=said, headers={"Referer": server.url})
    except httpx.HTTPError as error:
        raise Unreachable(f"Label Studio at {server.url} does not answer. Try again in a moment.") from error
    made = users_by_mail(server).get(email.casefold())
    if made is None:
        raise TandemError(
            f"Label Studio at {server.url} made no user for {email}. Invite them there yourself (Organization, Add "
            f"People), with this address."
        )
    return made
