"""oTranscribe's own files: JSON that holds a little HTML, with its time stamps as elements."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html.parser import HTMLParser

from annotations.errors import BadInput
from annotations.readers.decoding import decode_text
from annotations.readers.document import Document, turns_of_document
from annotations.readers.spoken import ReadTranscript, finished

_BREAKS = frozenset({"p", "div", "br", "li", "h1", "h2", "h3", "blockquote", "tr"})
_SILENT = frozenset({"script", "style", "head"})
MOST = 5_000_000


def read_otr(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str]
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
    page = _Page()
    page.feed(words)
    page.close()
    document = Document(tuple("".join(page.parts).split("\n")))
    spoken, more = turns_of_document(document, interviewers)
    return finished(
        spoken, name=name, file=file, reader="otr", interviewers=interviewers, warnings=(*warnings, *more)
    )


class _Page(HTMLParser):
    """The text of the page: a line for each paragraph and break, and each time stamp in square brackets."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._stamp = False
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.parts.append("\n")
        if tag == "span" and "timestamp" in (dict(attrs).get("class") or ""):
            self._stamp = True
        self._silent += tag in _SILENT

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS and tag != "br":
            self.parts.append("\n")
        if tag == "span":
            self._stamp = False
        self._silent = max(0, self._silent - (tag in _SILENT))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            words = data.replace("\n", " ")
            self.parts.append(f" [{words.strip()}] " if self._stamp and words.strip() else words)
