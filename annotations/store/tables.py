"""The tables, as SQLAlchemy knows them. What is in the database was made by the migrations; a test compares the two.

Ids are UUIDs, so that the databases of several sites can be merged. Where order matters, it is the order of
``sequence``, not of a clock. Names are found by keys that Tandem folds itself (``name_key``, ``participant_key``, see
``annotations.names``), so that the database's own rules for letters and sorting never decide which names are one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    false,
)


class Moment(TypeDecorator[datetime]):
    """A point in time, kept in UTC whatever the database makes of time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """To UTC; a time without a zone is refused, since nobody could say which it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """As UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _sequence() -> Column[int]:
    return Column("sequence", Integer, primary_key=True, autoincrement=True)


def _id() -> Column[Any]:
    return Column("id", Uuid, nullable=False, unique=True)


def _created() -> Column[Any]:
    return Column("created", Moment, nullable=False, default=now)


# AUTOINCREMENT: SQLite must never give a number again, or the order of reviews would lie
_ORDERED: dict[str, Any] = {"sqlite_autoincrement": True}


transcripts = Table(
    "transcripts",
    metadata,
    _sequence(),
    _id(),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("case", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("wave", Text, nullable=False),
    Column("participant", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("date", Date),
    Column("may_train", Boolean, nullable=False),
    Column("may_quote", Boolean, nullable=False),
    Column("visible_to", JSON(none_as_null=True)),
    Column("source", Text, nullable=False),
    _created(),
    **_ORDERED,
)


turns = Table(
    "turns",
    metadata,
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), primary_key=True),
    Column("index", Integer, primary_key=True),
    Column("speaker", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("begins", Float),
    Column("ends", Float),
)


# the texts that a corrected one took the place of; the newest text stands in ``transcripts``
transcript_versions = Table(
    "transcript_versions",
    metadata,
    _sequence(),
    _id(),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False),
    Column("number", Integer, nullable=False),
    # none: its words were erased
    Column("text", Text),
    Column("turns", JSON(none_as_null=True)),
    Column("source", Text, nullable=False),
    # when the next version took its place
    _created(),
    UniqueConstraint("transcript_id", "number"),
    **_ORDERED,
)


# where each review and coding stood in a version, and what became of it in the next one
version_passages = Table(
    "version_passages",
    metadata,
    _sequence(),
    _id(),
    Column("version_id", Uuid, ForeignKey("transcript_versions.id"), nullable=False),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False, index=True),
    # the coding, or none: the review itself
    Column("coding_id", Uuid),
    # the review that it is or belongs to; none: a coding that belongs to none
    Column("review_id", Uuid),
    Column("was_start", Integer, nullable=False),
    Column("was_end", Integer, nullable=False),
    # none: nothing of it is left
    Column("start", Integer),
    Column("end", Integer),
    Column("moved", Boolean, nullable=False),
    # "open": waits for a person, "kept", "dropped"; none: nobody has to settle it
    Column("settled", String(8)),
    Column("settled_by", Text),
    Column("settled_at", Moment),
    _created(),
    Index(None, "version_id"),
    **_ORDERED,
)


codebook_versions = Table(
    "codebook_versions",
    metadata,
    _sequence(),
    Column("version", String(16), nullable=False, unique=True),
    Column("content", JSON, nullable=False),
    _created(),
    **_ORDERED,
)


segmentations = Table(
    "segmentations",
    metadata,
    Column("version", String(16), primary_key=True),
    Column("unit", String(16), nullable=False),
    Column("max_words", Integer),
    Column("pipeline", Text, nullable=False),
    _created(),
)


segments = Table(
    "segments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False),
    # "replaced-N" where its words stand no more: it is a span of version N of the text
    Column("segmentation", String(16), ForeignKey("segmentations.version"), nullable=False),
    Column("index", Integer, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("speaker", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    UniqueConstraint("transcript_id", "segmentation", "index"),
    Index(None, "segmentation"),
)


coders = Table(
    "coders",
    metadata,
    _sequence(),
    _id(),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("kind", String(8), nullable=False),
    Column("model_version", Text),
    _created(),
    **_ORDERED,
)


reviews = Table(
    "reviews",
    metadata,
    _sequence(),
    _id(),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False, index=True),
    Column("coder_id", Uuid, ForeignKey("coders.id"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("condition", String(16), nullable=False),
    Column("draw", String(16), nullable=False),
    Column("codebook_version", String(16), ForeignKey("codebook_versions.version"), nullable=False),
    # none: the pass was for every code of that codebook
    Column("only", JSON(none_as_null=True)),
    Column("origin", JSON, nullable=False),
    Column("shown_version", Uuid),
    Column("lead_time", Float),
    Column("supersedes", Uuid, unique=True),
    _created(),
    **_ORDERED,
)


review_sources = Table(
    "review_sources",
    metadata,
    Column("review_id", Uuid, ForeignKey("reviews.id"), primary_key=True),
    Column("source_id", Uuid, ForeignKey("reviews.id"), primary_key=True),
)


codings = Table(
    "codings",
    metadata,
    _sequence(),
    _id(),
    # none: the coder applied the code, and nothing is known of what else they looked at
    Column("review_id", Uuid, ForeignKey("reviews.id"), index=True),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False, index=True),
    Column("coder_id", Uuid, ForeignKey("coders.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("condition", String(16), nullable=False),
    Column("influence", String(16)),
    Column("concrete_example", Boolean, nullable=False),
    Column("memo", Text, nullable=False),
    Column("applied", Moment),
    _created(),
    **_ORDERED,
)


model_versions = Table(
    "model_versions",
    metadata,
    _sequence(),
    _id(),
    Column("version", Text, nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("folder", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("codebook_version", String(16), ForeignKey("codebook_versions.version"), nullable=False),
    Column("segmentation", String(16), ForeignKey("segmentations.version"), nullable=False),
    Column("embedder", Text, nullable=False),
    Column("reviews_hash", String(64), nullable=False),
    Column("reviews", Integer, nullable=False),
    Column("codes", JSON, nullable=False),
    Column("thresholds", JSON, nullable=False),
    Column("too_few", JSON, nullable=False),
    Column("figures", JSON, nullable=False),
    # none until MLflow has it
    Column("run_id", Text),
    Column("recipe", Text, nullable=False, server_default="linear-1"),
    # the version that served when this one was trained
    Column("parent", Uuid),
    Column("verdict", String(16)),
    Column("reason", Text),
    Column("comparison", JSON(none_as_null=True)),
    # the newest review (its sequence) that the training has seen
    Column("last_review", Integer, nullable=False, server_default="0"),
    _created(),
    **_ORDERED,
)


learnt_from = Table(
    "learnt_from",
    metadata,
    Column("model_id", Uuid, ForeignKey("model_versions.id"), primary_key=True),
    # a review, or a coding that belongs to none
    Column("item_id", Uuid, primary_key=True, index=True),
    # "learn", or "judge": the version was measured by it and has not learnt from it
    Column("purpose", String(8), nullable=False, server_default="learn"),
)

# each transcript's group was drawn once, to learn from or to judge by; rows are only ever added
group_draws = Table(
    "group_draws",
    metadata,
    _sequence(),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False, unique=True),
    Column("purpose", String(8), nullable=False),
    Column("stratum", JSON, nullable=False),
    Column("seed", Integer, nullable=False),
    _created(),
    **_ORDERED,
)


serving = Table(
    "serving",
    metadata,
    _sequence(),
    Column("model_id", Uuid, ForeignKey("model_versions.id"), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("mirrored", Boolean, nullable=False, default=False),
    # who put it to serve by hand; none: the written rule did
    Column("decided_by", Text),
    _created(),
    **_ORDERED,
)


suggestions = Table(
    "suggestions",
    metadata,
    Column("segment_id", Uuid, ForeignKey("segments.id"), primary_key=True),
    Column("model_id", Uuid, ForeignKey("model_versions.id"), primary_key=True),
    # float32, little-endian, in the order of the model version's codes
    Column("probabilities", LargeBinary, nullable=False),
    Column("suggested", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    # for each of the suggested codes [start, end] of the sentence that carries it, or null; NULL: not looked for yet
    Column("sentences", JSON(none_as_null=True)),
    _created(),
    Index(None, "model_id"),
)


label_studio_projects = Table(
    "label_studio_projects",
    metadata,
    _sequence(),
    _id(),
    Column("url", Text, nullable=False),
    Column("project_id", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("coder", Text),
    Column("wave", Text, nullable=False),
    # the codebook that its coders choose from; none: pushed before this was kept
    Column("codebook_version", String(16)),
    Column("retired", Boolean, nullable=False, default=False),
    # "passage" or "interview": what one of its tasks is
    Column("view", String(16), nullable=False, server_default="passage"),
    _created(),
    **_ORDERED,
)


# how a wave is put before coders; the newest is in force, and rows are only ever added
wave_views = Table(
    "wave_views",
    metadata,
    _sequence(),
    Column("wave", Text, nullable=False),
    Column("view", String(16), nullable=False),
    _created(),
    **_ORDERED,
)


# interviews that stand as one task; each of their passages has a row in ``label_studio_tasks`` beside
label_studio_interviews = Table(
    "label_studio_interviews",
    metadata,
    Column("project_id", Uuid, ForeignKey("label_studio_projects.id"), primary_key=True),
    # what the task's data says in Label Studio; another one for a corrected text
    Column("key", Uuid, primary_key=True),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False, index=True),
    Column("task_id", Integer, nullable=False),
    # of the text that it shows
    Column("text_hash", String(64), nullable=False),
    # it asks for the passages that come again, and for no others
    Column("again", Boolean, nullable=False),
    Column("data_hash", String(64), nullable=False),
    # of what is marked on it before a coder opens it
    Column("marks_hash", String(64), nullable=False),
    _created(),
)


label_studio_tasks = Table(
    "label_studio_tasks",
    metadata,
    Column("project_id", Uuid, ForeignKey("label_studio_projects.id"), primary_key=True),
    # what the task's data says in Label Studio, whose own numbers may be given again: the segment's id, or, where
    # a segment comes back to the same coder, one derived from it
    Column("key", Uuid, primary_key=True),
    Column("segment_id", Uuid, ForeignKey("segments.id"), nullable=False, index=True),
    Column("draw", String(16), nullable=False),
    Column("task_id", Integer, nullable=False),
    # the model version whose suggestions stand on the task, and since when; none: it shows none
    Column("model_id", Uuid, ForeignKey("model_versions.id")),
    Column("shown_since", Moment),
    Column("data_hash", String(64), nullable=False),
    # the codes that this version puts before the coder, ticked or not, in order, and those that come ticked; NULL:
    # pushed before Tandem kept that
    Column("offered", JSON(none_as_null=True)),
    Column("ticked", JSON(none_as_null=True)),
    _created(),
)


# every version that ever stood on a task: this, not Label Studio's own fields, says what a coder was shown
shown_models = Table(
    "shown_models",
    metadata,
    _sequence(),
    Column("project_id", Uuid, ForeignKey("label_studio_projects.id"), nullable=False),
    Column("key", Uuid, nullable=False),
    Column("model_id", Uuid, ForeignKey("model_versions.id")),
    Column("since", Moment, nullable=False),
    Column("offered", JSON(none_as_null=True)),
    Column("ticked", JSON(none_as_null=True)),
    Index(None, "project_id", "key"),
    **_ORDERED,
)


# a review that its coder has taken back; the review itself stays
retractions = Table(
    "retractions",
    metadata,
    _sequence(),
    Column("review_id", Uuid, ForeignKey("reviews.id"), nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    _created(),
    **_ORDERED,
)


# what Label Studio told, stored before it was answered; the body goes once it is worked off
webhook_events = Table(
    "webhook_events",
    metadata,
    _sequence(),
    Column("action", String(40), nullable=False),
    Column("body", JSON(none_as_null=True)),
    Column("done", Boolean, nullable=False, default=False),
    Column("outcome", Text, nullable=False, default=""),
    _created(),
    Index("ix_webhook_events_done_sequence", "done", "sequence"),
    **_ORDERED,
)


# each annotation as it was last seen in Label Studio, and what became of it
label_studio_annotations = Table(
    "label_studio_annotations",
    metadata,
    Column("project_id", Uuid, ForeignKey("label_studio_projects.id"), primary_key=True),
    Column("annotation_id", Integer, primary_key=True),
    Column("key", Uuid),
    Column("task_id", Integer),
    Column("user_id", Integer),
    Column("coder", Text),
    Column("state", String(24), nullable=False, index=True),
    Column("why", Text, nullable=False, default=""),
    # by Label Studio's clock
    Column("made", Moment),
    Column("changed", Moment),
    # hash of what it says
    Column("content", String(64), nullable=False, default=""),
    Column("body", JSON(none_as_null=True)),
    # the newest webhook that spoke of it; 0: it was read in a pull
    Column("last_event", Integer, nullable=False, default=0),
    _created(),
    Index("ix_label_studio_annotations_key_coder", "key", "coder"),
)


# what an annotation of a whole interview says of each passage, as last seen; a row without a segment is about marks that
# lie in none
passage_answers = Table(
    "passage_answers",
    metadata,
    _sequence(),
    Column("project_id", Uuid, ForeignKey("label_studio_projects.id"), nullable=False),
    Column("annotation_id", Integer, nullable=False),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False, index=True),
    Column("key", Uuid, nullable=False),
    Column("segment_id", Uuid, ForeignKey("segments.id"), index=True),
    Column("coder", Text),
    Column("state", String(24), nullable=False, index=True),
    Column("why", Text, nullable=False),
    Column("content", String(64), nullable=False),
    # since when it says so, by Label Studio's clock
    Column("changed", Moment, nullable=False),
    Column("body", JSON, nullable=False),
    UniqueConstraint("project_id", "annotation_id", "key"),
    Index("ix_passage_answers_key_coder", "key", "coder"),
    **_ORDERED,
)


# how far coders are in interviews that they have begun and not submitted; a draft is no review
interview_drafts = Table(
    "interview_drafts",
    metadata,
    Column("project_id", Uuid, ForeignKey("label_studio_projects.id"), primary_key=True),
    Column("key", Uuid, primary_key=True),
    Column("user_id", Integer, primary_key=True, autoincrement=False),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False, index=True),
    # the last turn, from 0, in which they set, changed or confirmed a mark
    Column("turn", Integer, nullable=False),
    Column("marks", Integer, nullable=False),
    Column("changed", Moment, nullable=False),
)


# which annotation, saying what, became which review; the newest row of a key and coder is their last word
annotation_reviews = Table(
    "annotation_reviews",
    metadata,
    _sequence(),
    Column("review_id", Uuid, ForeignKey("reviews.id"), nullable=False, unique=True),
    Column("project_id", Uuid, ForeignKey("label_studio_projects.id"), nullable=False),
    Column("annotation_id", Integer, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("segment_id", Uuid, ForeignKey("segments.id"), nullable=False, index=True),
    Column("coder", Text, nullable=False),
    Column("content", String(64), nullable=False),
    Column("changed", Moment, nullable=False),
    Index("ix_annotation_reviews_key_coder", "key", "coder"),
    **_ORDERED,
)


label_studio_users = Table(
    "label_studio_users",
    metadata,
    Column("url", Text, primary_key=True),
    Column("user_id", Integer, primary_key=True, autoincrement=False),
    Column("email", Text, nullable=False),
)


# how far each project has been read: the newest change seen, by Label Studio's clock, and when, by ours
label_studio_reads = Table(
    "label_studio_reads",
    metadata,
    Column("project_id", Uuid, ForeignKey("label_studio_projects.id"), primary_key=True),
    Column("upto", Moment),
    Column("read_at", Moment, nullable=False),
    # a hash of all besides the annotations that decided what they mean
    Column("under", String(64)),
)


# how each task looked when its annotations were last read, so that a pull asks for those alone that have changed
label_studio_read_tasks = Table(
    "label_studio_read_tasks",
    metadata,
    Column("project_id", Uuid, ForeignKey("label_studio_projects.id"), primary_key=True),
    Column("task_id", Integer, primary_key=True, autoincrement=False),
    Column("mark", Text, nullable=False),
)


# how transcripts are dealt to coders and drawn; the newest is in force, and rows are only ever added
push_plans = Table(
    "push_plans",
    metadata,
    _sequence(),
    _id(),
    Column("seed", BigInteger, nullable=False),
    Column("blind", Float, nullable=False),
    Column("double", Float, nullable=False),
    Column("repeat", Float, nullable=False),
    # none: all share one project
    Column("coders", JSON, nullable=False),
    _created(),
    **_ORDERED,
)


dealt_transcripts = Table(
    "dealt_transcripts",
    metadata,
    _sequence(),
    _id(),
    Column("plan_id", Uuid, ForeignKey("push_plans.id"), nullable=False),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False),
    Column("segmentation", String(16), ForeignKey("segmentations.version"), nullable=False),
    Column("units", Integer, nullable=False),
    # none: the project that all share
    Column("coder", Text),
    Column("second_coder", Text),
    _created(),
    UniqueConstraint("transcript_id", "segmentation"),
    **_ORDERED,
)


# only what is not ordinary
drawn_segments = Table(
    "drawn_segments",
    metadata,
    Column("dealt_id", Uuid, ForeignKey("dealt_transcripts.id"), primary_key=True),
    Column("segment_id", Uuid, ForeignKey("segments.id"), primary_key=True),
    Column("draw", String(16), nullable=False),
)


jobs = Table(
    "jobs",
    metadata,
    _sequence(),
    _id(),
    Column("kind", String(16), nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("worker", Text),
    Column("started", Moment),
    Column("heartbeat", Moment),
    Column("finished", Moment),
    Column("result", JSON(none_as_null=True)),
    Column("error", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("done", Integer),
    Column("total", Integer),
    Column("cancel_asked", Boolean, nullable=False, server_default=false()),
    Column("not_before", Moment),
    _created(),
    **_ORDERED,
)

# tombstones: that somebody was erased, and nothing of what they said
withdrawals = Table(
    "withdrawals",
    metadata,
    _sequence(),
    _id(),
    Column("participant", Text, nullable=False),
    Column("participant_key", Text, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("transcripts", Integer, nullable=False),
    # the model versions that had learnt from them
    Column("models", JSON, nullable=False),
    # the ids of what was theirs: a copy or an older backup of this database is known by them
    Column("transcript_ids", JSON, nullable=False, default=list),
    # tasks in Label Studio that have yet to be erased
    Column("pending", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    _created(),
    **_ORDERED,
)


# words that were taken out of transcripts for good: that it happened, and nothing of them
forgettings = Table(
    "forgettings",
    metadata,
    _sequence(),
    _id(),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False, index=True),
    Column("by", Text, nullable=False),
    # the model versions that had learnt from them
    Column("models", JSON, nullable=False),
    # tasks in Label Studio that have yet to be erased or changed
    Column("pending", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    _created(),
    **_ORDERED,
)


# what the team knows of participants and cases besides: role, organisation …; the newest word holds
attributes = Table(
    "attributes",
    metadata,
    _sequence(),
    # "participant" or "case"
    Column("of", String(16), nullable=False),
    Column("owner", Text, nullable=False),
    Column("owner_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("value", Text, nullable=False),
    _created(),
    UniqueConstraint("of", "owner_key", "name_key"),
    **_ORDERED,
)


# what people write into the cells of the study's tables. ``column``: what the cell's column stands for, as pairs such as
# [["case", "E"], ["wave", "2"]]; ``place_key``: phase, code and column in one form, by which a cell is found
def _cell() -> tuple[Column[Any], ...]:
    return (
        Column("phase", Text, nullable=False),
        Column("code", Text, nullable=False),
        Column("column", JSON, nullable=False),
        Column("place_key", Text, nullable=False, index=True),
    )


# how strongly a code helps or hinders a case or site, by one person, or agreed on; rows are only ever added
ratings = Table(
    "ratings",
    metadata,
    _sequence(),
    _id(),
    *_cell(),
    Column("rater_id", Uuid, ForeignKey("coders.id"), nullable=False),
    # "-2" to "2", "mixed", "missing", "not applicable"; empty: taken back
    Column("value", String(16), nullable=False),
    Column("rationale", Text, nullable=False),
    Column("consensus", Boolean, nullable=False),
    _created(),
    **_ORDERED,
)


# what people write of a cell; the newest of an author holds, and an empty one takes theirs back
summaries = Table(
    "summaries",
    metadata,
    _sequence(),
    _id(),
    *_cell(),
    Column("author_id", Uuid, ForeignKey("coders.id"), nullable=False),
    Column("text", Text, nullable=False),
    _created(),
    **_ORDERED,
)


# the passages that a summary rests on, as spans of the text with this hash
summary_passages = Table(
    "summary_passages",
    metadata,
    Column("summary_id", Uuid, ForeignKey("summaries.id"), primary_key=True),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), primary_key=True),
    Column("start", Integer, primary_key=True, autoincrement=False),
    Column("end", Integer, primary_key=True, autoincrement=False),
    Column("text_hash", String(64), nullable=False),
)


# passages that somebody chose as quotes for a code; the newest row of a passage says whether it still is
chosen_quotes = Table(
    "chosen_quotes",
    metadata,
    _sequence(),
    _id(),
    Column("code", Text, nullable=False),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("chosen", Boolean, nullable=False),
    Column("by_id", Uuid, ForeignKey("coders.id"), nullable=False),
    _created(),
    **_ORDERED,
)


# what somebody says of how a code distinguishes the cases; the newest of a phase and code holds
distinguishing = Table(
    "distinguishing",
    metadata,
    _sequence(),
    _id(),
    Column("phase", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("by_id", Uuid, ForeignKey("coders.id"), nullable=False),
    _created(),
    **_ORDERED,
)


# what happened in a case, and when, as people say it
events = Table(
    "events",
    metadata,
    _sequence(),
    _id(),
    Column("case", Text, nullable=False),
    Column("date", Text, nullable=False),
    # the id of a code of the codebook's phases
    Column("phase", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("text", Text, nullable=False),
    # sources that are no transcript of the study, in people's words
    Column("source", Text, nullable=False),
    # the same event under every spelling: case, date and text in one form
    Column("event_key", Text, nullable=False, unique=True),
    _created(),
    **_ORDERED,
)


# the passages that an event rests on; without start and end: a whole transcript or document
event_passages = Table(
    "event_passages",
    metadata,
    _sequence(),
    Column("event_id", Uuid, ForeignKey("events.id"), nullable=False, index=True),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), nullable=False, index=True),
    Column("start", Integer),
    Column("end", Integer),
    Column("text_hash", String(64), nullable=False),
    **_ORDERED,
)


# what somebody notes or asks about a passage, a code, a case or the study; with its answers the team's memory
doubts = Table(
    "doubts",
    metadata,
    _sequence(),
    _id(),
    Column("author_id", Uuid, ForeignKey("coders.id"), nullable=False),
    # a passage: a span of the text with this hash
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), index=True),
    Column("start", Integer),
    Column("end", Integer),
    Column("text_hash", String(64)),
    # the id of a code, and the name of a case, "" where it is about none
    Column("code", Text, nullable=False),
    Column("case", Text, nullable=False),
    Column("is_question", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    # its author took it back; it is shown no more
    Column("taken_back", Moment),
    _created(),
    **_ORDERED,
)


# rows are only ever added; "settles": the team goes by this answer from now on
doubt_answers = Table(
    "doubt_answers",
    metadata,
    _sequence(),
    _id(),
    Column("doubt_id", Uuid, ForeignKey("doubts.id"), nullable=False, index=True),
    Column("author_id", Uuid, ForeignKey("coders.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("settles", Boolean, nullable=False),
    _created(),
    **_ORDERED,
)


# how many answers of a memo or question somebody has had before them; no row: they have not opened it
seen_doubts = Table(
    "seen_doubts",
    metadata,
    Column("doubt_id", Uuid, ForeignKey("doubts.id"), primary_key=True),
    # the folded name: whoever only looks is not written down among the coders
    Column("reader_key", Text, primary_key=True),
    Column("answers", Integer, nullable=False),
)


# what participants and cases answered when they were shown what was coded; the newest of a person on a thing holds
member_checks = Table(
    "member_checks",
    metadata,
    _sequence(),
    _id(),
    # "participant" or "case": whose summary it was
    Column("of", String(16), nullable=False),
    Column("owner", Text, nullable=False),
    Column("owner_key", Text, nullable=False, index=True),
    Column("answered_by", Text, nullable=False),
    # "agreed" or "corrected"
    Column("answer", String(16), nullable=False),
    Column("words", Text, nullable=False),
    Column("given", Date, nullable=False),
    # the finding that it is about; empty: all that was shown
    Column("phase", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("by_id", Uuid, ForeignKey("coders.id"), nullable=False),
    _created(),
    **_ORDERED,
)


# files that came in together: how much of what, and when it was undone; no names of files, for they may name people
brought_in = Table(
    "brought_in",
    metadata,
    _sequence(),
    _id(),
    Column("by", Text, nullable=False),
    Column("what", JSON, nullable=False),
    Column("undone", Moment),
    Column("undone_by", Text),
    _created(),
    **_ORDERED,
)


# what they brought: transcripts that are new or described anew, reviews, codings, attributes, settings, the codebook
brought_in_items = Table(
    "brought_in_items",
    metadata,
    _sequence(),
    Column("brought_in_id", Uuid, ForeignKey("brought_in.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("transcript_id", Uuid, ForeignKey("transcripts.id"), index=True),
    # of a review or coding
    Column("item_id", Uuid),
    # of an attribute: whose, so that a withdrawal finds it
    Column("owner_key", Text),
    # how it was before; none: it was not there
    Column("before", JSON(none_as_null=True)),
    **_ORDERED,
)


# one row: what a copy of this database shares with it, and a study made anew under the same name does not
study_identity = Table(
    "study_identity",
    metadata,
    Column("id", Uuid, primary_key=True),
    _created(),
)


# what somebody may see and do; ``sites``: none, all of the study's
def _rights() -> tuple[Column[Any], ...]:
    return (
        Column("role", String(16), nullable=False),
        Column("sites", JSON(none_as_null=True)),
        Column("sees_text", Boolean, nullable=False),
    )


# the people of the study. A name is given once: it stands beside codings and decisions for ever
accounts = Table(
    "accounts",
    metadata,
    _sequence(),
    _id(),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("email", Text, nullable=False),
    *_rights(),
    # as argon2id writes it; none: nobody can sign in with one
    Column("password", Text),
    Column("removed", Moment),
    _created(),
    **_ORDERED,
)


# who is signed in. Kept is what a token hashes to under the study's key, so that a copy of the database opens nothing
sessions = Table(
    "sessions",
    metadata,
    _sequence(),
    _id(),
    # none: whoever holds the study's key
    Column("account_id", Uuid, ForeignKey("accounts.id"), index=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("address", Text, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    _created(),
    **_ORDERED,
)


# links by which somebody chooses a password; a used one is deleted
invitations = Table(
    "invitations",
    metadata,
    _sequence(),
    _id(),
    Column("account_id", Uuid, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("by", Text, nullable=False),
    Column("expires", Moment, nullable=False),
    _created(),
    **_ORDERED,
)


# what programs sign in with, for an account and with no more rights than it has
api_tokens = Table(
    "api_tokens",
    metadata,
    _sequence(),
    _id(),
    Column("account_id", Uuid, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    *_rights(),
    Column("expires", Moment),
    Column("used", Moment),
    Column("withdrawn", Moment),
    _created(),
    **_ORDERED,
)


# attempts to sign in that failed or are not finished; those of a day ago are deleted
sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    _sequence(),
    # a hash: people type passwords where a name belongs
    Column("account_hash", String(64), nullable=False, index=True),
    Column("address", Text, nullable=False, index=True),
    _created(),
    **_ORDERED,
)


# who did what, when, from where. Rows are only ever added (a trigger sees to it), point at nothing that a withdrawal
# erases, and hold no words of a transcript
audit_log = Table(
    "audit_log",
    metadata,
    _sequence(),
    _id(),
    # none: a command, or whoever holds the study's key; no foreign key, so that it stays whatever becomes of the account
    Column("account", Uuid),
    Column("who", Text, nullable=False),
    Column("how", String(16), nullable=False),
    Column("did", String(40), nullable=False),
    Column("about", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("address", Text, nullable=False),
    _created(),
    Index(None, "who", "did", "about"),
    **_ORDERED,
)


chosen_cuts = Table(
    "chosen_cuts",
    metadata,
    _sequence(),
    Column("model_id", Uuid, ForeignKey("model_versions.id"), nullable=False, index=True),
    Column("code", Text, nullable=False),
    Column("choice", String(16), nullable=False),
    Column("cut", Float),
    Column("chosen_by", Text, nullable=False),
    _created(),
    **_ORDERED,
)

kept_figures = Table(
    "kept_figures",
    metadata,
    _sequence(),
    Column("question", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Column("content", Text, nullable=False),
    _created(),
    UniqueConstraint("question", "part"),
    **_ORDERED,
)
