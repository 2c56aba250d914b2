"""Suggestions for a study: the work behind "tandem precode"."""

from __future__ import annotations

from collections.abc import Callable

from annotations.errors import BadInput, unknown
from annotations.progress import Progress, quiet
from annotations.store.counted_suggestions import keep_spoken
from annotations.store.model_versions import serving_model
from models.sharded import Sharded, erase_left
from models.suggester import Engine, Precoded, Suggester
from service.composition import Parts
from service.serving.damaged_files import ensure_sound
from service.settings import child_environment
from service.trust.reach import cluster_address, machines_allowed

Tell = Callable[[str], None]
ENGINES = ("local", "ray")


def precode(
    parts: Parts,
    *,
    wave: str | None = None,
    engine: str | None = None,
    address: str | None = None,
    progress: Progress | None = None,
    tell: Tell = lambda _sentence: None,
) -> Precoded:
    """Let the model that serves suggest codes for every segment it has not spoken of yet.

    Where its files are damaged, the version before it serves from now on, and ``tell`` hears so. ``engine``: "local" is
    this process, "ray" workers of Ray, on this machine or in the cluster at ``address``; None is what study.yaml says.
    The study is held by whoever calls. Raises BadInput for a cluster elsewhere that nobody has confirmed.
    """
    chosen = _engine(parts, engine, address, tell)
    replaced = ensure_sound(parts)
    if replaced is not None:
        tell(replaced)
    erase_left(parts.study.precoding_folder)
    suggester = Suggester(
        store=parts.store,
        codebook=parts.codebook,
        segmentation=parts.segmentation,
        source=parts.embedder,
        cache=parts.cache,
        folder=parts.study.models_folder,
        engine=chosen,
    )
    done = suggester.precode(wave=wave, progress=progress or quiet)
    with parts.store.reading() as connection:
        model = serving_model(connection)
    keep_spoken(parts.store, model.id, model.segmentation)
    return done


def _engine(parts: Parts, engine: str | None, address: str | None, tell: Tell) -> Engine | None:
    if engine is not None and engine not in ENGINES:
        raise unknown("engine", engine, ENGINES)
    if (engine or parts.study.config.precoding.engine) == "local":
        if address is not None:
            raise BadInput("--address names a Ray cluster, so it needs --engine ray.")
        return None
    from models.distributed import cluster_at, local_cluster

    study, settings = parts.study, parts.settings
    head = cluster_address(study, settings, address)
    environment = child_environment(settings)
    cluster = (
        local_cluster(environment)
        if head is None
        else cluster_at(head, environment, lambda machines: machines_allowed(study, settings, head, machines))
    )
    return Sharded(study.precoding_folder, study.models_folder, cluster, tell)
