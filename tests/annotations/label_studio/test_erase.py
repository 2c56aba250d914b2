"""What is taken away in Label Studio when a model serves no more."""

from __future__ import annotations

from typing import Any

from annotations.label_studio.erase import forget_predictions


class _Project:
    """One project's predictions, and the version that it pre-fills with."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.predictions = {1: "tandem v1", 2: "tandem v2", 3: "tandem v1"}

    def ask(self, method: str, path: str) -> Any:
        if method == "DELETE":
            del self.predictions[int(path.split("/")[2])]
            return None
        assert path == "api/predictions/?project=7"
        return [{"id": number, "model_version": version} for number, version in self.predictions.items()]

    def version_shown(self, _project: int) -> str:
        return self.shown

    def show_version(self, _project: int, version: str) -> None:
        self.shown = version


def test_what_an_erased_model_suggested_is_taken_away() -> None:
    """Its predictions go and the project pre-fills with none; those of other versions stay."""
    server = _Project("tandem v1")
    assert forget_predictions(server, 7, {"tandem v1"}) == 2  # type: ignore[arg-type]
    assert (server.predictions, server.shown) == ({2: "tandem v2"}, "")


def test_another_version_goes_on_being_shown() -> None:
    """A project that pre-fills with another version keeps it."""
    server = _Project("tandem v2")
    forget_predictions(server, 7, {"tandem v1"})  # type: ignore[arg-type]
    assert server.shown == "tandem v2"
