"""Rich text, as f4 and older word processors write it: the same layouts as in Word documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotations.errors import BadInput
from annotations.readers.document import LookingTable, document_of_seen, turns_of_document
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.looks import PLAIN, Looks, Paragraph
from annotations.readers.rtf_looks import SignedText, signed, without_signs
from annotations.readers.spoken import ReadTranscript, finished

# pictures are long runs of hexadecimal digits
_PICTURE = re.compile(r"(?:[0-9a-fA-F]{2}\s?){128,}")
# a link keeps its words; the field's instruction is for the word processor
_INSTRUCTION = re.compile(r"\{\\\*\\fldinst[^{}]{0,2000}(?:\{[^{}]{0,2000}\}[^{}]{0,200}){0,4}\}")
_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
# Word for Mac: the letters of the whole file are those of the Mac, which the library knows by fonts alone
_MAC = re.compile(rb"\{\\rtf\d*\s?(?:\\[a-z]+\d*\s?){0,6}?\\(?:mac(?![a-z])|ansicpg10000(?!\d))")
_MAC_FONTS = frozenset({"0", "1", "2", "77"})  # by \fcharset; Cyrillic, Greek and so on have others
_LETTER = re.compile(
    r"\\[\\{}]|(?P<brace>[{}])|\\f(?P<font>\d{1,5})(?!\d)|(?P<plain>\\plain(?![a-z]))|\\'(?P<hex>[89a-fA-F][0-9a-fA-F])"
)
_DELETED = re.compile(r"\{[^{}]{0,200}\\deleted\b(?!0)[^{}]{0,20000}\}")
_LISTED = re.compile(r"\{\\(?:listtext|pntext)\b[^{}]{0,500}\}")
_FONT = re.compile(r"\\f(\d{1,5})(?!\d)[^;{}]{0,100}?\\fcharset(\d{1,3})(?!\d)")
_FIELD_MARK = re.compile(r"HYPERLINK", re.IGNORECASE)
MOST = 5_000_000


def read_rtf(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """A .rtf file: one transcript. Without any speaker each paragraph is a turn without a speaker."""
    content = content.lstrip(b"\xef\xbb\xbf \r\n\t")
    if not content.startswith(b"{\\rtf"):
        raise BadInput(
            f"{file} is no rich text: it does not begin with {{\\rtf. Open it and save it as .docx."
        )
    text, with_signs = _text(content, file)
    blocks = tuple(_blocks(text, with_signs))
    spoken, account = turns_of_document(document_of_seen(blocks), interviewers, rules)
    return finished(spoken, name=name, file=file, reader="rtf", interviewers=interviewers, account=account)


def _text(content: bytes, file: str) -> tuple[str, SignedText]:
    from striprtf.striprtf import rtf_to_text

    source = _PICTURE.sub("", _decoded(content))
    if len(source) > MOST:
        raise BadInput(
            f"{file} has {len(source):,} characters without its pictures; at most {MOST:,} are read. Split it."
        )
    for pattern in (_INSTRUCTION, _DELETED, _LISTED):
        source = pattern.sub("", source)
    source = _with_short_fonts(source)
    # the library's own pattern for links takes minutes on a file made to keep it busy
    source = _FIELD_MARK.sub("", source)
    with_signs = signed(source)
    try:
        plain_text: str = rtf_to_text(with_signs.source, errors="replace")
    except (ValueError, KeyError, IndexError, LookupError, OverflowError, RecursionError, TypeError) as error:
        raise BadInput(f"{file} is damaged rich text. Open it and save it again.") from error
    return plain_text, with_signs


def _decoded(content: bytes) -> str:
    if _MAC.match(content):
        source = content.decode("mac_roman").replace("\\ansicpg10000", "")
        return _with_mac_letters(source)
    page = _PAGE.search(content[:10_000])
    try:
        return content.decode(f"cp{page[1].decode()}" if page else "cp1252", "replace")
    except LookupError:
        return content.decode("cp1252", "replace")


def _with_mac_letters(source: str) -> str:
    """Letters of the Mac in place of their marks, but for fonts of other letters, whose marks the library knows.

    After \\u a mark stands for older programs and is left out; so is a letter.
    """
    charsets = dict(_FONT.findall(source[:200_000]))
    fonts = [""]

    def letter(m: re.Match[str]) -> str:
        if m["hex"]:
            of_mac = charsets.get(fonts[-1], "0") in _MAC_FONTS
            return bytes.fromhex(m["hex"]).decode("mac_roman") if of_mac else m[0]
        if m["brace"] == "{":
            fonts.append(fonts[-1])
        elif m["brace"] and len(fonts) > 1:
            fonts.pop()
        elif m["font"] or m["plain"]:
            fonts[-1] = m["font"] or ""
        return m[0]

    return _LETTER.sub(letter, source)


def _with_short_fonts(source: str) -> str:
    """The font table in its shortest form: over a damaged one the library thinks for minutes."""
    fonts = dict(_FONT.findall(source[:200_000]))
    table = "".join(f"{{\\f{font}\\fcharset{charset} A;}}" for font, charset in list(fonts.items())[:500])
    hidden = source.replace("\\fonttbl", "\\*\\fonts")
    return re.sub(r"\{\\rtf\d*", lambda m: f"{m[0]}{{\\fonttbl{table}}}", hidden, count=1)


def _blocks(text: str, with_signs: SignedText) -> Iterator[Paragraph | LookingTable]:
    """Paragraphs, and rows of tables, whose cells end with "|", as tables."""
    rows: list[tuple[Paragraph, ...]] = []
    cells: list[Paragraph] = []
    lines = text.split("\n")
    for paragraph, line in zip(with_signs.paragraphs(lines), map(without_signs, lines), strict=True):
        if "|" in line and (line.rstrip().endswith("|") or cells):
            *closed, rest = _cells(paragraph)
            cells.extend(closed)
            if not rest.text.strip():
                rows.append(tuple(cells))
                cells = []
            else:
                cells.append(rest)
            continue
        if rows and line.strip():
            yield tuple(rows)
            rows = []
        yield paragraph
    if cells:
        rows.append(tuple(cells))
    if rows:
        yield tuple(rows)


def _cells(line: Paragraph) -> list[Paragraph]:
    """The cells of a line, each with how its words look."""
    runs = line.runs or ((len(line.text), PLAIN),)
    cells: list[list[tuple[str, Looks]]] = [[]]
    at = 0
    for width, looks in runs:
        first, *rest = line.text[at : at + width].split("|")
        cells[-1].append((first, looks))
        cells.extend([(text, looks)] for text in rest)
        at += width
    return [Paragraph.of(parts) for parts in cells]
