"""Web pages, as noScribe and others write transcripts: the same layouts as in Word documents."""

from __future__ import annotations

from collections.abc import Sequence

from annotations.decoding import decode_text
from annotations.errors import BadInput
from annotations.readers.document import Document, turns_of_document
from annotations.readers.html_text import HtmlText
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.looks import struck_in
from annotations.readers.spoken import ReadTranscript, finished

MOST = 5_000_000


def read_html(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """A .html file: one transcript. Scripts, styles and comments are no words; nothing is loaded."""
    text, warnings = decode_text(content, file)
    if len(text) > MOST:
        raise BadInput(f"{file} has {len(text):,} characters; at most {MOST:,} are read. Split it.")
    page = HtmlText()
    page.feed(text)
    page.close()
    apart = (("comments", " ".join(page.comments)), ("hidden or deleted text", " ".join(page.hidden)))
    paragraphs = tuple(page.paragraphs)
    struck = " ".join(filter(None, map(struck_in, paragraphs)))
    spoken, account = turns_of_document(Document(paragraphs, apart, struck), interviewers, rules)
    return finished(
        spoken,
        name=name,
        file=file,
        reader="html",
        interviewers=interviewers,
        warnings=warnings,
        account=account,
    )
