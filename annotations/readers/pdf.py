"""PDF with text: what stands at the head and foot of every page is left out, and words cut at the line's end mended."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from annotations.errors import BadInput
from annotations.names import folded
from annotations.readers.document import Document, turns_of_document
from annotations.readers.label_forms import colon_form, ends_sentence
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.line_numbers import line_numbers
from annotations.readers.looks import HEADING, Paragraph
from annotations.readers.pdf_columns import Chunk, rows_joined, with_tabs
from annotations.readers.spoken import ReadTranscript, finished

MOST_PAGES = 2_000
MOST_CHARACTERS = 10_000_000
_EDGE = 3
_LARGER = 1.12
_MOST_HEADINGS = 0.2
_HEADING_SIGN = "\U000f7000"  # a private letter of Unicode that no program writes
_CUT = re.compile(r"(?P<first>[^\W\d_]{2,}+)(?:-| ?\u2010|\u00ad)\n\s*(?P<rest>[^\W\d_]+)(?P<after>\S*)[ ]?")
_PAGE_NUMBER = re.compile(
    r"(?:page|seite|sida|side|página|pagina)\s+\d+(?:\s*(?:/|of|von|av|de|di|sur)\s*\d+)?", re.IGNORECASE
)
_LIMITS: dict[str, Any] = {
    "maximum_declared_stream_length": 30_000_000,
    "array_based_stream_maximum_output_length": 20_000_000,
    "lzw_maximum_output_length": 8_000_000,
    "run_length_maximum_output_length": 8_000_000,
    "zlib_maximum_output_length": 8_000_000,
    "zlib_maximum_recovery_input_length": 1_000_000,
    "image_maximum_buffer_size": 5_000_000,
    "stream_parsing_work_maximum_count": 1_000_000,
    "stream_decoding_work_maximum_length": 100_000_000,
    "xform_maximum_invocations_per_extraction": 200,
    "page_tree_maximum_entries": 20_000,
}


@dataclass(frozen=True, slots=True)
class _PageLine:
    """A line of a page, whether more space than usual stands above it, and whether its letters are larger than usual."""

    text: str
    apart: bool
    large: bool = False


def read_pdf(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """A .pdf file with text: one transcript. Without any speaker each paragraph is a turn without a speaker."""
    pages = _pages(content, file)
    if not any(line.text.strip() for page in pages for line in page):
        raise BadInput(
            f"{file} holds pictures of pages and no text: it is a scan. Recognise its text first (OCR), or type it."
        )
    kept, heads = _without_heads(pages)
    kept, numbers = _without_numbers(kept)
    paragraphs = list(_paragraphs(kept))
    beside = (("the head or foot of pages", " ".join(heads)), ("the numbers of lines", " ".join(numbers)))
    spoken, account = turns_of_document(Document(tuple(paragraphs), beside), interviewers, rules)
    warnings: tuple[str, ...] = ()
    if heads:
        warnings = (
            f"{len(heads)} lines at the head or foot of its pages, such as page numbers, were left out.",
        )
    if numbers:
        warnings = (*warnings, f"its lines are numbered; these {len(numbers)} numbers were left out.")
    empty = sum(1 for page in pages if not any(line.text.strip() for line in page))
    if empty:
        warnings = (
            *warnings,
            f"{empty} of its {len(pages)} pages hold no text; if they are scans, their words are missing.",
        )
    return finished(
        spoken,
        name=name,
        file=file,
        reader="pdf",
        interviewers=interviewers,
        warnings=warnings,
        account=account,
    )


def _pages(content: bytes, file: str) -> list[list[_PageLine]]:
    """The lines of each page. Raises BadInput for a file that is damaged, locked or made to fill the memory."""
    # heavy, and most transcripts are text
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import LimitReachedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it speaks of a file's faults, with its words
    try:
        with apply_configuration(**_LIMITS):
            reader = PdfReader(io.BytesIO(content))
            if reader.is_encrypted and not reader.decrypt(""):
                raise BadInput(
                    f"{file} is protected by a password. Save it without one (print it to PDF again)."
                )
            count = len(reader.pages)
            if count > MOST_PAGES:
                raise BadInput(f"{file} has {count:,} pages; at most {MOST_PAGES:,} are read. Split it.")
            return _lines_of_pages(reader, file)
    except BadInput:
        raise
    except (LimitReachedError, MemoryError) as error:
        raise BadInput(
            f"{file} unpacks to more than a real PDF of a transcript does. It was not read."
        ) from error
    except Exception as error:  # a damaged file may fail anywhere in the library
        raise BadInput(
            f"{file} is no PDF, or a damaged one. Open it and save it (print it to PDF) again."
        ) from error


def _lines_of_pages(reader: Any, file: str) -> list[list[_PageLine]]:
    drawn, characters = [], 0
    for page in reader.pages:
        lines = _drawn(page)
        characters += sum(len(chunk.text) for line in lines for chunk in line.chunks)
        if characters > MOST_CHARACTERS:
            raise BadInput(f"{file} has more than {MOST_CHARACTERS:,} characters. Split it.")
        drawn.append(lines)
    texts = iter(with_tabs([line.chunks for lines in drawn for line in lines]))
    usual = _usual_size(drawn)
    sizes = [line.size for lines in drawn for line in lines]
    if sum(size > _LARGER * usual for size in sizes) > _MOST_HEADINGS * len(sizes):
        usual = max(sizes)  # so much in larger letters is said
    return [
        [
            replace(line, large=at.size > _LARGER * usual > 0)
            for line, at in zip(
                _apart([(_plain(next(texts)), line.height) for line in lines]), lines, strict=True
            )
        ]
        for lines in drawn
    ]


def _usual_size(pages: Sequence[Sequence[_DrawnLine]]) -> float:
    """The size of most letters."""
    sizes: Counter[float] = Counter()
    for chunk in (chunk for lines in pages for line in lines for chunk in line.chunks):
        sizes[round(chunk.size, 1)] += len(chunk.text.strip())
    return sizes.most_common(1)[0][0] if sizes else 0.0


@dataclass(slots=True)
class _DrawnLine:
    """A line as a page draws it: its words, and how high it stands."""

    chunks: list[Chunk]
    height: float | None = None

    @property
    def size(self) -> float:
        """The size of its smallest letters."""
        return min((chunk.size for chunk in self.chunks if chunk.text.strip()), default=0.0)


def _drawn(page: Any) -> list[_DrawnLine]:
    """A page's lines in the order of the file."""
    lines = [_DrawnLine([])]

    def visit(text: str, matrix: Any, place: Any, _font: Any, size: Any) -> None:
        height = float(place[5]) * float(matrix[3]) + float(matrix[5])
        left = float(place[4]) * float(matrix[0]) + float(matrix[4])
        points = float(size or 0) * abs(float(place[0]) * float(matrix[0]))
        for at, part in enumerate(text.split("\n")):
            if at:
                lines.append(_DrawnLine([]))
            if part.strip() or not lines[-1].chunks:
                lines[-1].chunks.append(Chunk(part, left, points))
            else:  # where spaces are drawn says nothing
                last = lines[-1].chunks[-1]
                lines[-1].chunks[-1] = replace(last, text=last.text + part)
            if lines[-1].height is None and part.strip():
                lines[-1].height = height

    page.extract_text(visitor_text=visit)
    return [line for line in lines if any(chunk.text.strip() for chunk in line.chunks)]


def _apart(lines: Sequence[tuple[str, float | None]]) -> Iterator[_PageLine]:
    """The lines, with what stands apart from the line above by its height."""
    gaps = [
        abs(above - below) if above is not None and below is not None else 0.0
        for (_, above), (_, below) in pairwise(lines)
    ]
    usual = sorted(gap for gap in gaps if gap > 0.5)
    least = usual[len(usual) // 4] if usual else 0.0
    for at, (text, _) in enumerate(lines):
        yield _PageLine(text, at > 0 and least > 0 and gaps[at - 1] > 1.3 * least)


def _plain(text: str) -> str:
    """Letters that were drawn as one sign (ﬁ, ﬄ) as letters, and no sign for a possible hyphen within a line."""
    for sign, letters in (
        ("ﬀ", "ff"),
        ("ﬁ", "fi"),
        ("ﬂ", "fl"),
        ("ﬃ", "ffi"),
        ("ﬄ", "ffl"),
        ("ﬅ", "ft"),
        ("ﬆ", "st"),
    ):
        text = text.replace(sign, letters)
    return re.sub("\u00ad(?!$)", "", text.rstrip())


def _without_heads(pages: Sequence[Sequence[_PageLine]]) -> tuple[list[list[_PageLine]], list[str]]:
    """The pages without lines that stand at the edge of most of them, whatever their numbers, and nowhere else;
    and these lines.
    """
    edges = [_edge(page) for page in pages]
    keys = [[_key(line.text) for line in page] for page in pages]
    counted = Counter(
        key for page, edge in zip(keys, edges, strict=True) for key in {page[at] for at in edge}
    )
    inside = {
        key for page, edge in zip(keys, edges, strict=True) for at, key in enumerate(page) if at not in edge
    }
    least = max(2, (len(pages) + 1) // 2)
    kept: list[list[_PageLine]] = []
    dropped: list[str] = []
    for page, its, edge in zip(pages, keys, edges, strict=True):
        heads = {
            at
            for at in edge
            if _PAGE_NUMBER.fullmatch(page[at].text.strip())
            or (counted[its[at]] >= least and its[at] not in inside and _may_be_head(page[at], len(pages)))
        }
        dropped.extend(page[at].text for at in sorted(heads))
        kept.append([line for at, line in enumerate(page) if at not in heads])
    return kept, dropped


def _without_numbers(pages: Sequence[Sequence[_PageLine]]) -> tuple[list[list[_PageLine]], list[str]]:
    """The pages without the numbers of their lines, and these."""
    places = {
        (place.page, place.line): place
        for place in line_numbers([[line.text for line in page] for page in pages])
    }
    kept: list[list[_PageLine]] = []
    numbers: list[str] = []
    for at, page in enumerate(pages):
        kept.append([])
        for number, line in enumerate(page):
            place = places.get((at, number))
            text = line.text if place is None else line.text[: place.start] + line.text[place.end :]
            if place is not None:
                numbers.append(line.text[place.start : place.end].strip())
            if text.strip():
                kept[-1].append(replace(line, text=text))
    return kept, numbers


def _may_be_head(line: _PageLine, pages: int) -> bool:
    """What looks like a speaker's words is a head only in a longer document."""
    return pages > 3 or colon_form(0, line.text, numbers=True) is None


def _edge(page: Sequence[_PageLine]) -> set[int]:
    return {at for at in range(len(page)) if at < _EDGE or at >= len(page) - _EDGE}


def _key(text: str) -> str:
    return folded(re.sub(r"\d+", "0", text))


def _paragraphs(pages: Sequence[Sequence[_PageLine]]) -> Iterator[str | Paragraph]:
    """Lines in paragraphs, a word that was cut at the end of a line in one piece on the first of them; a line in larger
    letters is a heading.
    """
    parts: list[str] = []
    for page in pages:
        for at, line in enumerate(page):
            # a page that begins in the middle of a sentence goes on with the paragraph before it
            apart = line.apart if at else not parts or ends_sentence(parts[-1])
            plain = line.text.replace(_HEADING_SIGN, "")
            if line.large:
                parts.append(f"\n\n{_HEADING_SIGN}{plain.strip()}\n\n")
                continue
            parts.append(("\n\n" if apart else "\n") + plain if parts else plain)
    text = "".join(parts)
    words = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.casefold()))
    parted = re.split(r"\n{2,}", _CUT.sub(lambda m: _mended(m, words), text))
    for part in parted:
        if part.startswith(_HEADING_SIGN):
            yield Paragraph.of([(part.removeprefix(_HEADING_SIGN), frozenset([HEADING]))])
        elif part.strip():
            yield rows_joined(part)


def _mended(cut: re.Match[str], words: Counter[str]) -> str:
    """The word in one piece: with its hyphen where the text has it so elsewhere, or before a capital letter."""
    first, rest = cut["first"], cut["rest"]
    hyphen = not rest[0].islower() or words[f"{first}-{rest}".casefold()] > words[f"{first}{rest}".casefold()]
    return f"{first}{'-' if hyphen else ''}{rest}{cut['after']}\n"
