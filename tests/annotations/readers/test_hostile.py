"""Files that are made, or happen, to do harm: a sentence that names the file, and nothing is opened."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mutated import mutated
from written import SAID, docx_of, odt_of, pdf_of, read_as, samples_of, sound

from annotations.errors import BadInput
from annotations.readers.reading import ENDINGS

OLE = b"\xd0\xcf\x11\xe0" + bytes(600)
ELAN = b'<?xml version="1.0"?>%s<ANNOTATION_DOCUMENT/>'


def _with_part(archive: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in source.infolist():
            if entry.filename != name:
                made.writestr(entry.filename, source.read(entry))
        made.writestr(name, content)
    return out.getvalue()


def _locked_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of(["P-1: secret"]))))
    writer.encrypt("word", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _bomb_pdf() -> bytes:
    import zlib

    packed = zlib.compress(b"BT (a) Tj ET " * 4_000_000, 9)
    plain = pdf_of(["x"])
    at, end = plain.index(b"4 0 obj"), plain.index(b"endobj", plain.index(b"4 0 obj"))
    head = b"4 0 obj\n<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    return plain[:at] + head + packed + b"\nendstream\n" + plain[end:]


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "docx bomb": (".docx", lambda: _with_part(docx_of("P: a"), "word/x.bin", bytes(60_000_000)), r"unpacks to 6\d MB"),
    "much XML": (".docx", lambda: _with_part(docx_of("P: a"), "word/document.xml", bytes(21_000_000)), "at most 20|unpacks"),
    "odt bomb": (".odt", lambda: _with_part(odt_of("P: a"), "x", bytes(60_000_000)), r"unpacks to 6\d MB"),
    "docx entities": (
        ".docx",
        lambda: _with_part(docx_of("P: a"), "word/document.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'),
        "XML entities",
    ),
    "odt entities": (
        ".odt", lambda: _with_part(odt_of("P: a"), "content.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a/>'),
        "XML entities",
    ),
    "elan entities": (".eaf", lambda: ELAN % b'<!DOCTYPE a [<!ENTITY b "c">]>', "XML entities"),
    "elan without words": (".eaf", lambda: ELAN % b"", "no tier with words"),
    "no elan": (".eaf", lambda: b"<html></html>", "no ANNOTATION_DOCUMENT"),
    "locked docx": (".docx", lambda: OLE, "protected by a password"),
    "locked odt": (".odt", lambda: OLE, "protected by a password"),
    "encrypted odt": (
        ".odt",
        lambda: _with_part(
            odt_of("P: a"), "META-INF/manifest.xml",
            b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            b'<m:file-entry m:full-path="content.xml">'
            b"<m:encryption-data/></m:file-entry></m:manifest>",
        ),
        "protected by a password",
    ),
    "locked pdf": (".pdf", _locked_pdf, "protected by a password"),
    "scanned pdf": (".pdf", lambda: pdf_of([], []), "it is a scan"),
    "pdf bomb": (".pdf", _bomb_pdf, "unpacks to more|is a scan|damaged"),
    "no pdf": (".pdf", lambda: b"%PDF-1.7\nnothing", "damaged"),
    "no rtf": (".rtf", lambda: b"P: a", "no rich text"),
    "damaged fonts": (".rtf", lambda: b"{\\rtf1{\\fonttbl" + b"{\\f0\\fcharset0 A}" * 3000, "no words"),
    "no otr": (".otr", lambda: b'{"txt": 1}', '"text" is missing'),
    "deep otr": (".otr", lambda: b"[" * 100_000, "no JSON"),
    "no vtt": (".vtt", lambda: b"P: a\n", "begins with WEBVTT"),
    "empty vtt": (".vtt", lambda: b"WEBVTT\n\n", "no cues"),
    "no srt": (".srt", lambda: b"P: a\n", "no cues"),
    "21 million characters": (".txt", lambda: b"P: " + b"a" * 21_000_000, "at most 20,000,000"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_answered_with_a_sentence(what: str) -> None:
    """The file, what was found, and what to do."""
    ending, make, said = HOSTILE[what]
    with pytest.raises(BadInput, match=said) as caught:
        read_as(ending, make())
    assert f"x{ending}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_path_within_an_archive_leads_nowhere() -> None:
    """Nothing is extracted, so a part named to climb out of a folder is only a part."""
    content = _with_part(docx_of(*(f"{who}: {words}" for who, words in SAID)), "../../evil.xml", b"<a/>")
    (found,) = read_as(".docx", content)
    assert len(found.turns) == len(SAID)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_broken_file_is_read_or_refused(ending: str) -> None:
    """Whatever happened to a file: sound turns, or a sentence that names it (the benchmark does it 10⁵ times)."""
    samples = samples_of(ending)
    for seed in range(120):
        chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
        content = mutated(chance.choice(samples), chance, samples)
        assert _outcome(ending, content) == "", seed


def _outcome(ending: str, content: bytes) -> str:
    """What is wrong with how a file was read or refused, or nothing."""
    try:
        return "".join(sound(found) for found in read_as(ending, content))
    except BadInput as error:
        return "" if f"x{ending}" in str(error) else f"the file is not named: {error}"


_NO_MARKS = st.characters(
    exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="<>&{}\\|#[]():\u00ad\ufeff\u200b"
)
TEXT = st.text(_NO_MARKS, min_size=1, max_size=60).map(lambda text: " ".join(text.split())).filter(bool)
SPEECH = st.lists(TEXT, min_size=1, max_size=6)


def _vtt(speech: list[str]) -> bytes:
    cues = "".join(
        f"00:{n:02d}:00.000 --> 00:{n:02d}:09.000\n<v {('Ann', 'P-1')[n % 2]}>{words}</v>\n\n"
        for n, words in enumerate(speech)
    )
    return f"WEBVTT\n\n{cues}".encode()


def _srt(speech: list[str]) -> bytes:
    cues = "".join(
        f"{n + 1}\n00:{n:02d}:00,000 --> 00:{n:02d}:09,000\n{('I', 'P-1')[n % 2]}: {words}\n\n"
        for n, words in enumerate(speech)
    )
    return cues.encode()


def _lines(speech: list[str]) -> list[str]:
    return [f"{('I', 'P-1')[n % 2]}: {words}" for n, words in enumerate(speech)]


def _rtf(speech: list[str]) -> bytes:
    units = "\\par ".join(
        "".join(
            c
            if c.isascii()
            else "".join(f"\\u{int.from_bytes(pair, 'little', signed=True)}?" for pair in _pairs(c))
            for c in line
        )
        for line in _lines(speech)
    )
    return f"{{\\rtf1\\ansi {units}\\par}}".encode()


def _pairs(c: str) -> list[bytes]:
    units = c.encode("utf-16-le")
    return [units[at : at + 2] for at in range(0, len(units), 2)]


def _otr(speech: list[str]) -> bytes:
    return json.dumps({"text": "".join(f"<p>{line}</p>" for line in _lines(speech))}).encode()


def _eaf(speech: list[str]) -> bytes:
    slots = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="t{n}" TIME_VALUE="{n * 1000}"/>' for n in range(len(speech) + 1)
    )
    tiers = "".join(
        f'<TIER TIER_ID="{who}">'
        + "".join(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" TIME_SLOT_REF1="t{n}" TIME_SLOT_REF2="t{n + 1}">'
            f"<ANNOTATION_VALUE>{words}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
            for n, words in enumerate(speech) if n % 2 == at
        )
        + "</TIER>"
        for at, who in enumerate(("I", "P-1"))
    )  # fmt: skip
    return f"<ANNOTATION_DOCUMENT><TIME_ORDER>{slots}</TIME_ORDER>{tiers}</ANNOTATION_DOCUMENT>".encode()


WRITERS: dict[str, Callable[[list[str]], bytes]] = {
    ".txt": lambda speech: "\n".join(_lines(speech)).encode(),
    ".vtt": _vtt,
    ".srt": _srt,
    ".rtf": _rtf,
    ".otr": _otr,
    ".eaf": _eaf,
    ".docx": lambda speech: docx_of(*_lines(speech)),
    ".odt": lambda speech: odt_of(*_lines(speech)),
    ".jsonl": lambda speech: "".join(
        json.dumps({"speaker": "P-1", "text": words}) + "\n" for words in speech
    ).encode(),
}


@pytest.mark.parametrize("ending", WRITERS)
@settings(max_examples=40, deadline=None)
@given(speech=SPEECH)
@example(speech=["A", "A", ";", "0"])
@example(speech=["A", "A", "B", "B"])
@example(speech=["P1", "P2", "P1", "P2"])
@example(speech=["Anna Lind", "Tom Lee", "when", "in spring"])
@example(speech=["Guten Tag", "Guten Morgen", "Wie geht es", "Gut"])
@example(speech=["Ja", "Ja", "Ja", "Ja"])
@pytest.mark.slow
def test_what_is_written_is_read(ending: str, speech: list[str]) -> None:
    """Whatever the words, each format gives them back, turn by turn."""
    (found,) = read_as(ending, WRITERS[ending](speech))
    assert sound(found) == ""
    assert [turn.span.of(found.text) for turn in found.turns] == speech


@settings(max_examples=40, deadline=None)
@given(st.lists(st.from_regex(r"[A-Za-z][a-z ,]{0,50}[a-z]\.", fullmatch=True), min_size=1, max_size=6))
def test_what_is_printed_is_read(speech: list[str]) -> None:
    """A PDF gives back the words of its letters."""
    (found,) = read_as(".pdf", pdf_of(_lines(speech)))
    assert [turn.span.of(found.text) for turn in found.turns] == [" ".join(words.split()) for words in speech]


def test_a_damaged_mark_of_word_in_a_page_is_words() -> None:
    """Between "<![" and "]>" Word says what is for which program; what is none of it is no fault of the page."""
    content = b"<p>P-1: one <![na-b\x1f two]> three</p><p>I: And?</p><p>P-1: Yes.</p>"
    (found,) = read_as(".html", content)
    assert [turn.span.of(found.text) for turn in found.turns][1:] == ["And?", "Yes."]
    assert found.account.missing == 0
