"""Files as they are after a bad disk, a bad program or a bad person had them: mutations, reproducible by a seed."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Mapping
from html import escape

_ODD = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b"\r", b"<", b">", b"&amp;", b"&#xD800;", b"&#0;", b"-->", b":", b": ",
    b"{", b"}", b"\\", b"\\u-10179?", b"\\'", b"\\bin99999999 ", b"[", b"]", b"(", b")", b"%", b"/", b"\t", b"|", b"#",
    b"99:99:99.999", b"00:00:00.000 --> ", b"1e999", b"-1", b"999999999999",
    b"\xd8\x00", b"\xf0\x9f\x99\x82", b"\xe2\x80\x8f",
    b"A" * 60, b"((((((((", b"<w:p>", b"<text:s text:c='999999999'/>", b"<<", b">>", b" 0 R", b"stream", b"endstream",
    b"<v ", b"</v>", b"NOTE ", b"\n\n", b"\xe2\x80\xa8", b"\x1b", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"\"", b"'",
)  # fmt: skip
_NAMES = (
    "w:p", "w:r", "w:t", "w:tr", "w:tc", "w:tbl", "text:p", "table:table", "table:table-row", "table:table-cell",
    "ANNOTATION", "ALIGNABLE_ANNOTATION", "ANNOTATION_VALUE", "TIER", "TIME_ORDER",
)  # fmt: skip
_ELEMENTS = [
    re.compile(rf"(<({name})(?: [^<>]*)?(?<!/)>)(?:(?!<\2[ >])[\s\S])*?(</\2>)".encode()) for name in _NAMES
]
_NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def mutated(seed: bytes, chance: random.Random, others: tuple[bytes, ...] = ()) -> bytes:
    """``seed`` with one to eight places changed. In an archive sometimes the parts are changed and packed again."""
    if seed.startswith(b"PK") and chance.random() < 0.8:
        return _repacked(seed, chance)
    if seed.startswith(b"<?xml") and chance.random() < 0.5:
        return _with_elements_changed(seed, chance)
    return _changed(seed, chance, others)


def _changed(seed: bytes, chance: random.Random, others: tuple[bytes, ...]) -> bytes:
    data = bytearray(seed)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(data) + 1), chance.choice((1, 2, 4, 16, 64, 256))
        way = chance.randrange(8)
        if way == 0 and data:
            data[min(at, len(data) - 1)] ^= 1 << chance.randrange(8)
        elif way == 1:
            data[at : at + length] = b""
        elif way == 2:
            data[at:at] = data[at : at + length] * chance.choice((1, 2, 50))
        elif way == 3:
            data[at:at] = chance.randbytes(length)
        elif way in (4, 5):
            data[at:at] = chance.choice(_ODD) * chance.choice((1, 1, 1, 30))
        elif way == 6 and others:
            other = chance.choice(others)
            begin = chance.randrange(len(other) + 1)
            data[at : at + length] = other[begin : begin + length]
        elif chance.random() < 0.2:
            data = data[:at]
    return bytes(data)


def _repacked(seed: bytes, chance: random.Random) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(seed)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
    ):
        parts = {entry.filename: source.read(entry) for entry in source.infolist() if chance.random() > 0.005}
        for name, content in _with_one_changed(parts, chance).items():
            made.writestr(name, content)
    return out.getvalue()


def _with_one_changed(parts: Mapping[str, bytes], chance: random.Random) -> dict[str, bytes]:
    words = [name for name in parts if name in ("word/document.xml", "content.xml")]
    chosen = words[0] if words and chance.random() < 0.8 else chance.choice(list(parts) or [""])
    whole = chance.random() < 0.6 and chosen.endswith(".xml")
    return {
        name: content
        if name != chosen
        else _with_elements_changed(content, chance)
        if whole
        else _changed(content, chance, tuple(parts.values()))
        for name, content in parts.items()
    }


def _with_elements_changed(xml: bytes, chance: random.Random) -> bytes:
    """Well-formed XML with whole elements left out, doubled, nested or moved, and words replaced."""
    for _ in range(chance.randint(1, 6)):
        elements = list(chance.choice(_ELEMENTS).finditer(xml))
        if not elements:
            continue
        one, other = chance.choice(elements), chance.choice(elements)
        way = chance.randrange(5)
        if way == 0:
            xml = xml[: one.start()] + xml[one.end() :]
        elif way == 1:
            xml = xml[: one.end()] + one[0] * chance.choice((1, 2, 40)) + xml[one.end() :]
        elif way == 2:
            xml = xml[: one.start()] + other[0] + xml[one.end() :]
        elif way == 3 and one.end(1) < one.start(3):
            xml = xml[: one.end(1)] + other[0] + xml[one.start(3) :]
        else:
            words = escape(chance.choice(_ODD).decode("latin-1")).encode()
            words = _NO_XML.sub(b"", words)
            xml = xml[: one.end(1)] + words * chance.choice((1, 1, 20)) + xml[one.start(3) :]
    return xml
