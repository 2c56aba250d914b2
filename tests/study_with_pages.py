"""A study for tests of pages: four invented interviews, two of them handed out to two coders, with accounts and doubts.

CRK-04 is Ines's alone, NRB-03 is coded by both. Ines has judged the first half of each, Tom the first three passages of
NRB-03; its second passage is blind, and Ines's review of it is in.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from accounts import add_person
from part_of_sample import SAMPLE, part_of_sample
from sqlalchemy import Connection

from annotations.coding import Coding, Draw, Review
from annotations.segment import Segment
from annotations.store.annotation_reviews import Word, add_words
from annotations.store.cell_place import RestingPassage
from annotations.store.codebook_versions import keep_codebook
from annotations.store.doubts import Doubt, DoubtAnswer, add_answer, add_doubt
from annotations.store.label_studio_projects import add_project
from annotations.store.pushed_tasks import PushedTask, keep_tasks
from annotations.store.reviews import add_reviews
from annotations.store.segments import segments_of
from annotations.store.tables import now
from annotations.store.transcripts import get_transcript
from annotations.study.config import read_study
from models.corpus import cut_new_transcripts
from service.access.viewer import ViewerRole
from service.composition import Parts
from service.importing.import_codings import import_codings
from service.importing.import_transcripts import import_transcripts
from service.new_study import make_study
from service.settings import read_settings

INES, TOM = "Ines Falk", "Tom Okafor"
MONEY = "external-context-financing"
# what somebody notes on every other passage that she judges
MEMOS = ("Compare with the first report.", "", "Is this still about money from outside?", "")
LABEL_STUDIO = "http://127.0.0.1:8431"


@dataclass(frozen=True)
class WithPages:
    """The study, and the ids of what is asked for by id."""

    parts: Parts
    alone: UUID
    both: UUID
    question: UUID
    passages: tuple[Segment, ...]


def study_with_pages(folder: Path) -> WithPages:
    """Make it in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    study, _ = make_study(
        folder / "study", codebook="common-framework", config={"name": "Sample study (invented)"}
    )
    shutil.copy(SAMPLE / "study.yaml", study.folder / "study.yaml")
    parts = Parts(read_study(study.folder), read_settings({"TANDEM_STATE": str(folder / "state")}))
    manifest, codings = part_of_sample(folder)
    import_transcripts(parts, [], manifest=Path(manifest), described={}, replace=False, progress=_quiet)
    import_codings(parts, Path(codings), complete="all")
    cut_new_transcripts(parts.store, parts.segmentation)
    for name, role in (
        ("Lea", ViewerRole.LEAD),
        (INES, ViewerRole.CODER),
        (TOM, ViewerRole.CODER),
        ("Rita", ViewerRole.READER),
    ):
        add_person(parts, name, role)
    with parts.store.writing() as connection:
        return _handed_out(connection, parts)


def _quiet(_done: int, _total: int) -> None:
    """Nobody watches."""


def _handed_out(connection: Connection, parts: Parts) -> WithPages:
    version = keep_codebook(connection, parts.codebook)
    cut = segments_of(connection, parts.segmentation.version)
    alone, both = (get_transcript(connection, name) for name in ("CRK-04", "NRB-03"))
    own, shared = (tuple(s for s in cut[one.id] if s.role.is_coded) for one in (alone, both))
    hand_out(
        connection,
        INES,
        7,
        [*((alone.id, s) for s in own), *((both.id, s) for s in shared)],
        version,
        half=True,
    )
    hand_out(connection, TOM, 8, [(both.id, s) for s in shared], version, half=False)
    at = RestingPassage(both.id, shared[0].span, both.transcript.text_hash)
    question = add_doubt(
        connection,
        Doubt(INES, "Is talk of the county’s money financing, or available resources?", True, passage=at),
    )
    said = "Financing, where the money comes from outside the organisation."
    add_answer(connection, question, DoubtAnswer("Lea", said, settles=True))
    add_doubt(connection, Doubt("Lea", "Code what is said of money from outside here.", code=MONEY))
    return WithPages(parts, alone.id, both.id, question, shared)


def hand_out(
    connection: Connection,
    coder: str,
    number: int,
    found: list[tuple[UUID, Segment]],
    version: str,
    *,
    half: bool,
) -> None:
    """Tasks for a coder in a project of her own; she has judged the first half of each interview, or three passages."""
    project = add_project(connection, url=LABEL_STUDIO, project_id=number, title=coder, coder=coder, wave="2")
    place = {}
    tasks = []
    for n, (transcript, segment) in enumerate(found, start=1):
        of_it = place.setdefault(transcript, [])
        of_it.append(segment)
        draw = Draw.BLIND if len(of_it) == 2 else Draw.ORDINARY
        assert segment.id is not None
        tasks.append(PushedTask(segment.id, 100 * number + n, "h", None, now(), draw))
    keep_tasks(connection, project.id, tasks)
    reviews, words = [], []
    for transcript, its in place.items():
        for n, segment in enumerate(its[: len(its) // 2 if half else 3]):
            codings = (Coding(MONEY, segment.span, memo=MEMOS[n % 4]),) if n % 2 == 0 else ()
            review = Review(transcript, coder, segment.span, codings, codebook_version=version, id=uuid4())
            reviews.append(review)
            assert segment.id is not None
            assert review.id is not None
            words.append(Word(review.id, project.id, len(words), segment.id, segment.id, coder, "h", now()))
    add_reviews(connection, reviews)
    add_words(connection, words)
