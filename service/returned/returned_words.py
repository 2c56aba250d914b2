"""Words that were taken out with --forget and stand in the study once more, since a backup was put back: erased again.

It happens whenever a study's database is opened, as for people who withdrew (``returned_people``). The corrected text is
not in the backup, so ``[…]`` stands for the words until the corrected file is imported once more with --replace.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.store.codebook_versions import keep_codebook
from annotations.store.database import Store
from annotations.store.erasing import compact
from annotations.store.forgettings import finish_forgetting, forget, forgotten_words
from annotations.store.forgotten_outside import ForgottenWords, kept_forgotten, unknown_here
from annotations.store.jobs import ask_for
from annotations.store.model_versions import champion
from annotations.store.new_version import put_new_version, segmentations_of
from annotations.store.segments import segmentation_of
from annotations.store.transcript_versions import versions_of
from annotations.store.transcripts import KeptTranscript, all_texts, get_transcript
from annotations.study.config import Study
from annotations.taken_out import TakenOut, blanked
from models.segmenter import segment
from service.returned.returned_people import erase_files

log = logging.getLogger("tandem")


@dataclass(frozen=True, slots=True)
class ReturnedWords:
    """A forgetting of which the study does not know, whose words it holds. ``text``: its place in the text that stands,
    None where only earlier versions hold the words.
    """

    forgotten: ForgottenWords
    name: str
    text: TakenOut | None


def returned_words(
    store: Store, folder: Path, more: Sequence[ForgottenWords] = ()
) -> tuple[ReturnedWords, ...]:
    """Compare the study with what is kept outside it, and with ``more``: one for each transcript, the newest that fits."""
    outside = (*kept_forgotten(store, folder), *more)
    if not outside:
        return ()
    with store.reading() as connection:
        unknown = unknown_here(connection, outside)
        texts = {text.id: text for text in all_texts(connection)} if unknown else {}
        by_transcript: dict[UUID, ReturnedWords] = {}
        for forgotten in unknown:
            here = _returned(connection, forgotten, texts[forgotten.transcript])
            if here is not None:
                by_transcript[forgotten.transcript] = here
    return tuple(by_transcript.values())


def _returned(
    connection: Connection, forgotten: ForgottenWords, kept: KeptTranscript
) -> ReturnedWords | None:
    name = kept.transcript.name
    text = next((its for its in forgotten.texts if its.is_of(kept.transcript.text)), None)
    if text is not None:
        return ReturnedWords(forgotten, name, text)
    earlier = [version.text for version in versions_of(connection, kept.id) if version.text is not None]
    held = any(its.is_of(text) for text in earlier for its in forgotten.texts)
    return ReturnedWords(forgotten, name, None) if held else None


def erase_returned_words(
    store: Store,
    study: Study,
    returned: Sequence[ReturnedWords],
    *,
    codebook: Callable[[], Codebook],
    forget_texts: Callable[[Sequence[str]], None],
) -> None:
    """Take them out again: of texts, of what was made of them, and the files of every model that learnt from them."""
    with store.reading() as connection:
        served = champion(connection) is not None
    for words_of_one in returned:
        with store.writing() as connection:
            if words_of_one.text is not None:
                _blank(connection, words_of_one.name, words_of_one.text, codebook())
            own = words_of_one.forgotten
            forget_texts(forgotten_words(connection, own.transcript))
            made = forget(connection, own.transcript, by=own.by, again=own.id).forgetting
            if not made.pending:
                finish_forgetting(connection, made.id)
    erase_files(store, study)
    compact(store)
    with store.writing() as connection:
        if served and champion(connection) is None:
            ask_for(connection, "train", {})
    blank = [words_of_one.name for words_of_one in returned if words_of_one.text is not None]
    log.warning(
        "Words that were taken out of %s with --forget were in this study again, as after a backup was put back, and have "
        'been erased again.%s "tandem doctor" says whether anything is left to erase.',
        ", ".join(words_of_one.name for words_of_one in returned),
        f' "[…]" stands for them in {", ".join(blank)}: import the corrected files once more with --replace.'
        if blank
        else "",
    )


def _blank(connection: Connection, name: str, text: TakenOut, codebook: Codebook) -> None:
    before = get_transcript(connection, name)
    after = blanked(before.transcript, text)
    cuts = {
        version: segment(after, segmentation_of(connection, version))
        for version in segmentations_of(connection, before.id)
    }
    put_new_version(connection, before, after, cuts, codebook_version=keep_codebook(connection, codebook))
