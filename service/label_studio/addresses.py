"""Addresses in Label Studio as people open them, where they reach it by another one than Tandem does."""

from __future__ import annotations

from service.settings import Settings


def address_for_people(settings: Settings, url: str) -> str:
    """An address of Label Studio's as people open it."""
    own, public = settings.label_studio_url, settings.label_studio_public_url
    if own is None or public is None or not url.startswith(own.rstrip("/")):
        return url
    return public + url.removeprefix(own.rstrip("/"))


def list_address(settings: Settings, url: str, project: int) -> str:
    """All passages of a project, as a list."""
    return f"{address_for_people(settings, url.rstrip('/'))}/projects/{project}/data"


def task_address(settings: Settings, url: str, project: int, task: int) -> str:
    """One passage. Label Studio stays there after it is submitted."""
    return f"{list_address(settings, url, project)}?task={task}"


def stream_address(settings: Settings, url: str, project: int) -> str:
    """The next passage of a project, and after each that is submitted the next."""
    return f"{list_address(settings, url, project)}?labeling=1"
