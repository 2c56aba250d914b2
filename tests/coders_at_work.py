"""Coders with logins of their own, who save, change, skip and delete in a real Label Studio."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

import httpx

from service.label_studio.local import Access

TOPICS = ("money", "people", "time", "trust")


# how long a coder says that a passage lay before them
LEAD_S = 2.5


def chosen(*codes: str, nothing: bool = False) -> list[dict[str, Any]]:
    """A result as Label Studio's interface makes it."""
    found: list[dict[str, Any]] = []
    if codes:
        value: dict[str, Any] = {"choices": list(codes)}
        found.append({"from_name": "likely", "to_name": "segment", "type": "choices", "value": value})
    if nothing:
        value = {"choices": ["no-code-applies"]}
        found.append({"from_name": "nothing", "to_name": "segment", "type": "choices", "value": value})
    return found


class Person:
    """A coder with a login of their own."""

    def __init__(self, url: str, email: str, token: str) -> None:
        self.email = email
        self._http = httpx.Client(
            base_url=url, headers={"Authorization": f"Token {token}"}, timeout=60, trust_env=False
        )

    def save(self, task: int, result: list[dict[str, Any]], **more: Any) -> int:
        """Submit an annotation; returns its number."""
        body = {"result": result, "lead_time": LEAD_S, **more}
        return int(self._done(self._http.post(f"/api/tasks/{task}/annotations/", json=body))["id"])

    def update(self, annotation: int, result: list[dict[str, Any]]) -> None:
        """Save it anew."""
        self._done(self._http.patch(f"/api/annotations/{annotation}/", json={"result": result}))

    def delete(self, annotation: int) -> None:
        """Delete it."""
        self._done(self._http.delete(f"/api/annotations/{annotation}/"))

    def mine(self, task: int) -> list[int]:
        """The numbers of one's own annotations of a task."""
        me = self._done(self._http.get("/api/current-user/whoami"))["id"]
        found = self._done(self._http.get(f"/api/tasks/{task}/annotations/"))
        return [int(one["id"]) for one in found if one["completed_by"] == me]

    def post(self, path: str, body: Any) -> Any:
        """Any other call."""
        return self._done(self._http.post(path, json=body))

    def _done(self, answer: httpx.Response) -> Any:
        answer.raise_for_status()
        return answer.json() if answer.content else {}


def invite(access: Access, emails: Sequence[str]) -> list[Person]:
    """Give each of these addresses an account, through the invitation form as a person would."""
    link = httpx.get(
        f"{access.url}/api/invite", headers={"Authorization": f"Token {access.token}"}, timeout=60
    ).json()["invite_url"]
    found = []
    for email in emails:
        with httpx.Client(base_url=access.url, timeout=60, trust_env=False) as browser:
            form = browser.get(link).text
            csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
            said = {"email": email, "password": "a-secret-for-tests", "how_find_us": ""}
            said |= {"csrfmiddlewaretoken": csrf.group(1) if csrf else "", "allow_newsletters": "false"}
            browser.post(link, data=said, headers={"Referer": access.url})
            token = browser.get("/api/current-user/token").json()["token"]
        found.append(Person(access.url, email, token))
    return found


class Coding:
    """One person who works at random: mostly saves, sometimes changes, skips, empties or deletes."""

    def __init__(self, person: Person, tasks: Sequence[int], seed: int) -> None:
        self.person, self.tasks = person, list(tasks)
        self.chance = random.Random(seed)  # noqa: S311 (no secret)
        self.mine: list[int] = []
        self.saves = 0

    def step(self) -> None:
        """Do one thing."""
        what = self.chance.random()
        if what < 0.6 or not self.mine:
            more = {"was_cancelled": True} if self.chance.random() < 0.1 else {}
            self.mine.append(self.person.save(self.chance.choice(self.tasks), self._result(), **more))
        elif what < 0.9:
            self.person.update(self.chance.choice(self.mine), self._result())
        else:
            gone = self.chance.choice(self.mine)
            self.person.delete(gone)
            self.mine.remove(gone)
        self.saves += 1

    def _result(self) -> list[dict[str, Any]]:
        what = self.chance.random()
        if what < 0.15:
            return chosen(nothing=True)
        if what < 0.2:
            return chosen("money", nothing=True)
        if what < 0.25:
            return []
        return chosen(*self.chance.sample(TOPICS, self.chance.randint(1, 3)))
