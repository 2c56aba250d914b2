"""oTranscribe's own files: JSON that holds a little HTML, with its time stamps as elements."""

from __future__ import annotations

import json
from collections.abc import Sequence

from annotations.decoding import decode_text
from annotations.errors import BadInput
from annotations.readers.document import Document, turns_of_document
from annotations.readers.html_text import HtmlText
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.spoken import ReadTranscript, finished

MOST = 5_000_000


def read_otr(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """A .otr file: one transcript."""
    text, warnings = decode_text(content, file)
    if len(text) > MOST:
        raise BadInput(f"{file} has {len(text):,} characters; at most {MOST:,} are read. Split it.")
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"{file} is no file of oTranscribe: it is no JSON. Export it from oTranscribe again."
        ) from error
    words = plain.get("text") if isinstance(plain, dict) else None
    if not isinstance(words, str):
        raise BadInput(
            f'{file} is no file of oTranscribe: its "text" is missing. Export it from oTranscribe again.'
        )
    page = HtmlText()
    page.feed(words)
    page.close()
    document = Document(tuple(page.paragraphs), (("hidden or deleted text", " ".join(page.hidden)),))
    spoken, account = turns_of_document(document, interviewers, rules)
    return finished(
        spoken,
        name=name,
        file=file,
        reader="otr",
        interviewers=interviewers,
        warnings=warnings,
        account=account,
    )
