"""Transcripts as programs write them, made here: an invented conversation in the layouts of Word documents and others."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docx import Document

from annotations.readers.reading import READERS, read_transcripts
from annotations.readers.spoken import ReadTranscript

SAMPLES = Path(__file__).parent / "data" / "transcripts"
# what every sample says: (speaker, words)
SAID = (
    ("Anna Lind", "How did it begin, [name] & you?"),
    ("JKG-01", "At the 10:30 Meeting: we lacked money 🙂, and Åsa said: no."),
    ("Anna Lind", "And now?"),
    ("JKG-01", "Now it goes."),
)
_TIMES = ("0:03", "0:07", "0:13", "0:14")


def docx_of(*paragraphs: str, rows: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word document of paragraphs ("\\n" is a line break, "\\t" a tab) and, below them, a table."""
    document: Any = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def odt_of(*paragraphs: str, rows: Sequence[Sequence[str]] = ()) -> bytes:
    """A document as LibreOffice writes it."""
    body = "".join(f"<text:p>{_odt(paragraph)}</text:p>" for paragraph in paragraphs)
    if rows:
        cells = "".join(
            "<table:table-row>"
            + "".join(f"<table:table-cell><text:p>{_odt(cell)}</text:p></table:table-cell>" for cell in row)
            + "</table:table-row>"
            for row in rows
        )
        body += f'<table:table table:name="T">{cells}</table:table>'
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces} office:version="1.3"><office:body>'
        f"<office:text>{body}</office:text></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def _odt(text: str) -> str:
    return (
        escape(text)
        .replace("\n", "<text:line-break/>")
        .replace("\t", "<text:tab/>")
        .replace("  ", ' <text:s text:c="1"/>')
    )


def pdf_of(*pages: Sequence[str], large: Sequence[str] = ()) -> bytes:
    """A PDF of pages of lines in Latin-1, those of ``large`` in larger letters; a page without lines is as empty as a scan
    without recognised text.
    """
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        shown = " ".join(f"/F1 {15 if line in large else 12} Tf ({_in_pdf(line)}) Tj T*" for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 50 780 Td {shown} ET"
        objects.append(f"<< /Length {len(stream.encode('latin-1'))} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode("latin-1")


def _in_pdf(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


@cache
def word_layouts() -> dict[str, bytes]:
    """The conversation as Word, Teams, Otter, Rev and others lay it out, by the name of a file."""
    turns = list(zip(_TIMES, SAID, strict=True))
    half = SAID[1][1].index(" and Åsa")
    cut = [(who, words) for who, words in SAID]
    return {
        "word.docx": docx_of("Interview JKG-01", *(f"{who}: {words}" for who, words in SAID)),
        "paragraphs.docx": docx_of(
            *(
                f"{who}:\t{words[:half]}\n{words[half:]}" if at == 1 else f"{who}:\t{words}"
                for at, (who, words) in enumerate(cut)
            )
        ),
        "teams.docx": docx_of(
            "Planning-20260301_100000-Meeting Recording",
            "March 1, 2026, 9:00AM\n45m 3s",
            "Anna Lind started transcription",
            *(f"{who}   {at}\n{words}" for at, (who, words) in turns),
            "Anna Lind stopped transcription",
        ),
        "teams-old.docx": docx_of(
            *(
                f"0:0:{second}.170 --> 0:0:{second + 1}.20\n{who}\n{words}"
                for second, (who, words) in zip((3, 7, 13, 14), SAID, strict=True)
            )
        ),
        "word-transcribe.docx": docx_of(
            "Audio file",
            "interview.wav",
            "Transcript",
            *(part for at, (who, words) in turns for part in (f"00:0{at} {who}", words)),
        ),
        "otter.docx": docx_of(
            "Planning",
            "Sun, Mar 01, 2026 9:00AM • 0:16",
            "SUMMARY KEYWORDS",
            "money, ward",
            *(part for at, (who, words) in turns for part in (f"{who}  {at}", words, "")),
            "Transcribed by https://otter.ai",
        ),
        "rev.docx": docx_of(*(part for at, (who, words) in turns for part in (f"{who} (00:0{at}):", words))),
        "zoom.docx": docx_of(*(part for at, (who, words) in turns for part in (f"[{who}] 14:0{at}", words))),
        "stamped.docx": docx_of(*(f"{who}: [00:0{at}] {words}" for at, (who, words) in turns)),
        "two-columns.docx": docx_of(rows=[list(turn) for turn in SAID]),
        "three-columns.docx": docx_of(
            "Interview", rows=[["Time", "Speaker", "Text"], *([at, who, words] for at, (who, words) in turns)]
        ),
        "numbered.docx": docx_of(
            rows=[[str(at), f"{who}:", words, ""] for at, (who, words) in enumerate(SAID)]
        ),
        "time-and-label.docx": docx_of(rows=[[at, f"{who}: {words}"] for at, (who, words) in turns]),
        "tabs.docx": docx_of(*(f"{who}\t{words}" for who, words in SAID)),
        "writer.odt": odt_of("Interview JKG-01", *(f"{who}: {words}" for who, words in SAID)),
        "otter.odt": odt_of(*(part for at, (who, words) in turns for part in (f"{who}  {at}", words))),
        "table.odt": odt_of(rows=[list(turn) for turn in SAID]),
    }


def samples_of(ending: str) -> tuple[bytes, ...]:
    """Files of a format as they should be, to be mutated."""
    made = {name: content for name, content in word_layouts().items() if name.endswith(ending)}
    if ending == ".pdf":
        made["two-pages.pdf"] = pdf_of(
            ["Interview 1", *(f"{who}: {words.replace('🙂', '')}" for who, words in SAID[:2])],
            ["Interview 2", *(f"{who}: {words}" for who, words in SAID[2:])],
        )
    if ending == ".md":
        made["note.md"] = b"# Ward 3\n\nWhat was seen.\n\n- one\n- two\n"
    if ending == ".csv":
        made["a.csv"] = (
            b"speaker,text,start\n" + "".join(f'"{who}","{words}",0:03\n' for who, words in SAID).encode()
        )
    if ending == ".jsonl":
        made["a.jsonl"] = "".join(
            json.dumps({"transcript": "A", "speaker": who, "text": words, "start": 3.5}) + "\n"
            for who, words in SAID
        ).encode()
    if ending in (".json", ".html", ".htm", ".tsv", ".xlsx"):
        from program_layouts import TABLES  # it makes Word documents with what stands here

        said = [(who.replace("🙂", ""), words) for who, words in SAID]
        made.update(
            {
                name: table(said)
                for name, (its, table) in TABLES.items()
                if its.rstrip("l") == ending.rstrip("l")
            }
        )
    files = sorted(file for file in SAMPLES.iterdir() if file.suffix == ending)
    return (*made.values(), *(file.read_bytes() for file in files))


def read_as(ending: str, content: bytes) -> tuple[ReadTranscript, ...]:
    """What a reader makes of this content under the name ``x`` with that ending."""
    if ending in READERS:
        return READERS[ending](content, name="x", file=f"x{ending}", interviewers=("Interviewer", "I"))
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"x{ending}"
        file.write_bytes(content)
        return read_transcripts(file, interviewers=("Interviewer", "I"))


def sound(read: ReadTranscript) -> str:
    """What is wrong with a transcript as it was read, or nothing: turns in order, words in them, text that can be kept."""
    at = 0
    for turn in read.turns:
        if turn.span.start < at or turn.span.end > len(read.text):
            return f"turn {turn.index} is out of order"
        words = turn.span.of(read.text)
        if not words or words != words.strip():
            return f"turn {turn.index} has no words, or space around them"
        at = turn.span.end
    if not read.turns:
        return "no turns"
    if any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in read.text):
        return "the text holds characters that no database keeps"
    return ""
