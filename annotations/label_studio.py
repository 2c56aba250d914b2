"""Label Studio over HTTP. The only importer of its SDK.

What the server does was measured, not assumed: it drops invalid predictions in silence, takes the same data twice
as two tasks, and refuses nothing that its interface could not show. So every count is compared, and tasks are known
by our own key (``segment_id`` in their data), never by Label Studio's numbers alone, which it may give again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
from label_studio_sdk import LabelStudio as Client
from label_studio_sdk.core.api_error import ApiError

from annotations.errors import BadInput, TandemError, Unreachable

TASKS_AT_A_TIME = 250
# Label Studio holds its database while it takes predictions away, and coders wait as long
CLEARED_AT_A_TIME = 50
TIME_LIMIT_S = 120.0
# the signs that somebody has answered a task or begun to; draft_exists and not drafts, which are only one's own
BEGUN = ("total_annotations", "cancelled_annotations", "draft_exists")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Project:
    """A project in Label Studio."""

    id: int
    title: str
    url: str
    model_version: str


@dataclass(frozen=True, slots=True)
class Task:
    """A task in Label Studio: its number, our key, whether somebody has answered or begun to, what is predicted.

    ``versions``: the model versions whose predictions stand on it; ``data``: what it shows.
    """

    id: int
    key: str
    touched: bool
    versions: frozenset[str] = frozenset()
    data: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


class LabelStudio:
    """One Label Studio, by address and token (a legacy token or a personal access token)."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        if not self.url.startswith(("http://", "https://")):
            raise BadInput(
                f'Label Studio\'s address "{url}" is none. Give one such as http://127.0.0.1:8431.'
            )
        # no proxy and no .netrc: the token goes to this address and nowhere else
        self._http = httpx.Client(timeout=TIME_LIMIT_S, trust_env=False, follow_redirects=False)
        with self._reached():
            self._client = Client(base_url=self.url, api_key=token, httpx_client=self._http)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def check(self) -> str:
        """Who we are there; raises Unreachable if nobody answers, BadInput if the token is wrong."""
        with self._reached():
            return str(self._client.users.whoami().email)

    def ensure_project(self, title: str, config: str, *, known: int | None) -> tuple[Project, bool]:
        """The project with this configuration: the known one brought up to date, or a new one.

        Returns the project and whether it is new (also where the known one has been deleted).
        """
        title = _title(title)
        with self._reached():
            found = self._project(known) if known is not None else None
            if found is None:
                made = self._client.projects.create(
                    title=title,
                    label_config=config,
                    show_collab_predictions=True,
                    enable_empty_annotation=False,
                    sampling="Sequential sampling",
                    show_skip_button=True,
                    expert_instruction=_INSTRUCTION,
                    show_instruction=False,
                )
                return self._as_project(made), True
            if found.label_config != config:
                self._client.projects.validate_label_config(id=found.id, label_config=config)
                self._client.projects.update(id=found.id, label_config=config)
            return self._as_project(found), False

    def exists(self, project: int) -> bool:
        """Is the project there?"""
        with self._reached():
            return self._project(project) is not None

    def tasks(self, project: int) -> dict[str, Task]:
        """The project's tasks by our key."""
        found: dict[str, Task] = {}
        for plain in self._pages(project):
            key = str((plain.get("data") or {}).get("segment_id", ""))
            if key and key not in found:
                found[key] = _task(key, plain)
        return found

    def add_tasks(
        self, project: int, data: Sequence[Mapping[str, str]], progress: Progress
    ) -> dict[str, Task]:
        """Import bare tasks in the order given, a few hundred at a time; returns them by our key.

        Where no answer came the tasks are looked up by our own key, so that one that that comes late
        makes no second copy. Raises TandemError if tasks are missing after a second try.
        """
        for start in range(0, len(data), TASKS_AT_A_TIME):
            some = data[start : start + TASKS_AT_A_TIME]
            self._import_lot(project, some)
            progress(start + len(some), len(data))
        found = self.tasks(project)
        missing = [one for one in data if one["segment_id"] not in found]
        if missing:
            raise TandemError(
                f"Label Studio took {len(data) - len(missing)} of {len(data)} tasks. Run the same command again: "
                f"the others will be sent then."
            )
        return found

    def replace_predictions(
        self, project: int, predictions: Sequence[Mapping[str, Any]], *, clearing: Sequence[int]
    ) -> None:
        """Put predictions on tasks, first taking away all those that stand on the tasks ``clearing``.

        Each prediction names its ``task`` and ``model_version``. Label Studio drops invalid ones in silence,
        so its count is compared; raises TandemError that says how many it did not take.
        """
        for start in range(0, len(clearing), CLEARED_AT_A_TIME):
            self._drop_predictions(project, clearing[start : start + CLEARED_AT_A_TIME])
        if not predictions:
            return
        answer = self.ask("POST", f"api/projects/{project}/import/predictions", list(predictions))
        created = int(answer.get("created", 0)) if isinstance(answer, dict) else 0
        if created != len(predictions):
            raise TandemError(
                f"Label Studio took {created} of {len(predictions)} predictions and did not say why. Run the same "
                f"command again; if it happens again, look at Label Studio's log."
            )

    def show_version(self, project: int, version: str) -> None:
        """Let the project pre-fill with this version's predictions; some must be there already. "": with none."""
        self.ask(
            "PATCH",
            f"api/projects/{project}/",
            {"model_version": version, "show_collab_predictions": True},
        )

    def version_shown(self, project: int) -> str:
        """The version whose predictions the project pre-fills with; "" for none."""
        answer = self.ask("GET", f"api/projects/{project}/")
        return str(answer.get("model_version") or "") if isinstance(answer, dict) else ""

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request, sent once; the answer as plain data, None where it is empty."""
        with self._reached():
            answer = self._client._client_wrapper.httpx_client.request(
                path, method=method, json=body, request_options={"max_retries": 0}
            )
            _refuse(answer, self.url)
        return answer.json() if answer.content else None

    def act(self, project: int, action: str, tasks: Sequence[int], **given: str) -> Any:
        """An action of its data manager on these tasks."""
        chosen = {
            "selectedItems": {"all": False, "included": list(tasks)},
            "filters": {"conjunction": "and", "items": []},
            "ordering": [],
        }
        return self.ask("POST", f"api/dm/actions?id={action}&project={project}", chosen | given)

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """What Label Studio answers, as plain data; None if there is no such thing."""
        with self._reached():
            answer = self._client._client_wrapper.httpx_client.request(
                path, method="GET", params=dict(params), request_options={"max_retries": 1}
            )
            if answer.status_code == 404:
                return None
            _refuse(answer, self.url)
            return answer.json()

    def _import_lot(self, project: int, some: Sequence[Mapping[str, str]]) -> None:
        try:
            self.ask("POST", f"api/projects/{project}/import", [{"data": dict(one)} for one in some])
        except Unreachable:
            # it may have been taken all the same: only what is not there is sent again
            there = self.tasks(project)
            rest = [{"data": dict(one)} for one in some if one["segment_id"] not in there]
            if rest:
                self.ask("POST", f"api/projects/{project}/import", rest)

    def _drop_predictions(self, project: int, tasks: Sequence[int]) -> None:
        self.act(project, "delete_tasks_predictions", tasks)

    def _pages(self, project: int) -> Iterator[dict[str, Any]]:
        page = 1
        while True:
            params = {
                "project": project,
                "page": page,
                "page_size": 1000,
                "include": "id,data,total_annotations,cancelled_annotations,draft_exists,predictions_model_versions",
                "fields": "all",
            }
            with self._reached():
                answer = self._client._client_wrapper.httpx_client.request(
                    "api/tasks/", method="GET", params=params, request_options={"max_retries": 1}
                )
                if answer.status_code == 404 and page > 1:
                    return  # there was nothing after the last full page
                _refuse(answer, self.url)
            plain = answer.json()
            tasks = plain["tasks"] if isinstance(plain, dict) else plain
            yield from tasks
            if len(tasks) < 1000:
                return
            page += 1

    def _project(self, project: int) -> Any | None:
        try:
            return self._client.projects.get(id=project)
        except ApiError as error:
            if error.status_code == 404:
                return None
            raise

    def _as_project(self, found: Any) -> Project:
        number = int(found.id)
        return Project(
            number, str(found.title), f"{self.url}/projects/{number}", str(found.model_version or "")
        )

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except httpx.TimeoutException as error:
            raise Unreachable(
                f"Label Studio at {self.url} did not answer within {TIME_LIMIT_S:.0f} s. Run the same command again."
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(
                f'Label Studio at {self.url} does not answer. Start it with "tandem label-studio start", or correct '
                f"its address (LABEL_STUDIO_URL, or label_studio.url in study.yaml)."
            ) from error
        except ApiError as error:
            raise _in_words(int(error.status_code or 0), str(error.body), self.url) from error


_INSTRUCTION = (
    "<p>Read the passage in the shaded box; the turns around it are context. The codes that are filled in are a "
    "model's suggestions: change whatever you see differently. If no code applies, say so with the box below "
    "(n). Ctrl+Enter submits.</p>"
)


def _task(key: str, plain: Mapping[str, Any]) -> Task:
    versions = str(plain.get("predictions_model_versions") or "").split(",")
    return Task(
        int(plain["id"]),
        key,
        any(plain.get(sign) for sign in BEGUN),
        frozenset(filter(None, map(str.strip, versions))),
        plain.get("data") or {},
    )


def _refuse(answer: Any, url: str) -> None:
    if answer.status_code >= 400:
        raise _in_words(answer.status_code, answer.text, url)


def _in_words(status: int, body: str, url: str) -> TandemError:
    # a page for browsers says nothing to a person here
    said = "a web page" if body.lstrip().startswith("<") else " ".join(body.split())[:300]
    if status == 403 and "reserved" in said:
        return TandemError(
            f"Label Studio at {url} does not call addresses of its own machine. Allow it 127.0.0.0/8 (the one that "
            f'"tandem label-studio start" starts does), or give the service another address.'
        )
    if status in (401, 403):
        return BadInput(
            f"Label Studio at {url} does not accept the token. Copy it anew from Account & Settings there and set "
            f"LABEL_STUDIO_API_KEY."
        )
    if status == 404:
        return BadInput(
            f"Label Studio at {url} does not know what was asked for ({said}). Is this its address?"
        )
    if status >= 500:
        return Unreachable(
            f"Label Studio at {url} failed ({status}: {said}). Look at its log, then try again."
        )
    return TandemError(f"Label Studio at {url} refused ({status}: {said}).")


def _title(title: str) -> str:
    """Label Studio takes titles of 3 to 50 characters."""
    short = title if len(title) <= 50 else f"{title[:49]}…"
    return short if len(short) >= 3 else f"{short} study"
