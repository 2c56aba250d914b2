"""Which version serves, whether it may still, and what is asked for once it does."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from annotations.codebook.codes import Codebook
from annotations.segment import Segmentation
from annotations.store.codebook_versions import keep_codebook
from annotations.store.database import Store
from annotations.store.jobs import all_jobs
from annotations.store.label_studio_projects import add_project
from annotations.store.model_versions import ModelVersion, add_model, champion
from annotations.store.put_to_serve import put_to_serve, renewal_waits
from annotations.store.segments import keep_segmentation
from annotations.store.stale_models import changed_since

WAY = Segmentation()


def _model(codebook_version: str) -> ModelVersion:
    return ModelVersion(
        id=uuid4(),
        version="v1",
        kind="trained",
        folder="f",
        sha256="0" * 64,
        codebook_version=codebook_version,
        segmentation=WAY.version,
        embedder="e",
        reviews_hash="",
        reviews=0,
        codes=(),
        thresholds={},
    )


@pytest.fixture
def model(store: Store, codebook: Codebook) -> ModelVersion:
    """A version that does not serve yet."""
    with store.writing() as connection:
        keep_segmentation(connection, WAY)
        made = _model(keep_codebook(connection, codebook))
        add_model(connection, made, [])
    return made


@pytest.mark.parametrize("pushed", [False, True])
def test_a_promotion_asks_for_new_suggestions_where_a_project_stands(
    store: Store, model: ModelVersion, pushed: bool
) -> None:
    """A job to renew them waits only where Label Studio has something to renew."""
    with store.writing() as connection:
        if pushed:
            add_project(connection, url="http://x", project_id=3, title="t", coder=None, wave="2")
        put_to_serve(connection, model.id, verdict="better", reason="because", by="Ines")
    with store.reading() as connection:
        serving = champion(connection)
        assert serving is not None
        assert (serving.model.version, serving.verdict, serving.by) == ("v1", "better", "Ines")
        assert renewal_waits(connection) is pushed
        assert [job.kind for job in all_jobs(connection)] == ["renew"] * pushed


def test_promotion_and_job_come_together_or_not_at_all(store: Store, model: ModelVersion) -> None:
    """What ends the transaction takes both back."""
    with store.writing() as connection:
        add_project(connection, url="http://x", project_id=3, title="t", coder=None, wave="2")
    with pytest.raises(KeyboardInterrupt), store.writing() as connection:
        put_to_serve(connection, model.id, verdict="better", reason="because")
        raise KeyboardInterrupt
    with store.reading() as connection:
        assert champion(connection) is None
        assert not renewal_waits(connection)


def test_a_model_is_stale_once_one_of_its_parts_has_changed() -> None:
    """The part is named; the encoder is left out where nobody says which it is."""
    model = _model("c")
    now = {"codebook": "c", "segmentation": WAY.version, "embedder": "e"}
    assert changed_since(model, **now) is None
    for part, said in (("codebook", "codebook"), ("segmentation", "segmentation"), ("embedder", "encoder")):
        assert changed_since(model, **(now | {part: "other"})) == said
    assert changed_since(replace(model, embedder="other"), codebook="c", segmentation=WAY.version) is None
