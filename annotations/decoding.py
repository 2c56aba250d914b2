"""Bytes into text: UTF-8 and UTF-16 are certain, older encodings are recognised by their letters and said so."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from annotations.errors import BadInput

# a NUL, or half of a character: JSON and forms can hold it, databases refuse it, and nobody sees it
NO_CHARACTER = re.compile("[\x00\ud800-\udfff]")
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_LEGACY = {
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "mac_roman": "Mac Roman",
    "cp932": "Shift-JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "euc_kr": "EUC-KR (Korean)",
    "koi8_r": "KOI8-R (Cyrillic)",
    "cp850": "DOS (code page 850)",
}
_SAME = {"shift_jis": "cp932", "gbk": "gb18030", "gb2312": "gb18030", "cp949": "euc_kr"}
_BESIDE_LETTERS = re.compile(r"(?P<before>[a-z])?(?P<sign>[^\x00-\x7f])(?:(?<=[a-z].)|(?=[a-z]))")
_SIGNS = frozenset({"Sk", "No", "Sc", "So", "Sm"})
# Czech, Hungarian and Turkish in the letters of Western Europe, Turkish in those of Central Europe
_WESTERN = frozenset("äöüßåæøéèêëàâáîïíìôóòûùúçñãõœÿ¿¡«»‘’“”–—…•·§°€£")
_NEVER_TOGETHER = tuple(map(frozenset, ("ìø", "õû", "ðþý", "ţý")))
_TURKISH = (frozenset("ýþ"), frozenset("ýð"))
_ICELANDIC = frozenset("áæéóö")
_UPPER_INSIDE = re.compile(
    "[^\\W\\d_]([^\\W\\d_a-zA-Z])[a-z]"  # MŸller
    "|(?<![^\\W\\d_])([^\\W\\d_a-zA-Z])[A-Z][a-z]"  # ÀCuando
    "|[a-z] ([^\\W\\d_a-zA-Z])(?= [a-z])"  # come Ź iniziato
)
_MARKS_INSIDE = re.compile(
    "[a-z][\u2018\u2019\u201c\u201d\u2013\u2014][.,?!;:]|[a-z][\u2026\u2022\u2122\u2020\u2021\u201e\u201a\u02c6\u02dc\u0152][a-z]"
)
# the first and the second byte of a letter of Western Europe, as Windows-1252 shows them
_TWICE = re.compile(
    "Ã[\u00a0-\u00bf\u20ac\u201a-\u203a\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2122]"
)
_LEAST_TWICE = 2
_SAMPLE = 100_000
MOST_CHARACTERS = 20_000_000


def decode_text(content: bytes, file: str) -> tuple[str, tuple[str, ...]]:
    """Text from UTF-8, UTF-16 or UTF-32, or else from an older encoding with a warning that names it.

    Raises BadInput for what is no text.
    """
    encoding = _certain(content)
    if encoding is not None:
        text = _decoded(content, encoding)
        if text is not None and "\x00" in text:
            text = _wide(content) or text
        if text is not None:
            _refuse_binary(text, file)
            return text.removeprefix("\ufeff"), _saved_twice(text)
    if b"\x00" in content[:_SAMPLE]:
        wide = _wide(content)
        if wide is None:
            raise BadInput(_no_text(file))
        _refuse_binary(wide, file)
        return wide, ()
    damaged = content.decode("utf-8", "replace")
    lost = damaged.count("\ufffd")
    if 20 * lost < sum(ord(c) > 127 for c in damaged[:_SAMPLE]) and not damaged[:_SAMPLE].isascii():
        _refuse_binary(damaged, file)
        return damaged.removeprefix("\ufeff"), (
            f"{lost} of its characters are damaged; they were read as \ufffd. Look for them.",
        )
    mixed = _line_by_line(content)
    if mixed is not None:
        _refuse_binary(mixed, file)
        return mixed, (
            "some of its lines are UTF-8 and others Windows-1252, and each was read as what it is; check letters such as å, "
            "é and “.",
        )
    for encoding in dict.fromkeys((_likely(content), "cp1252")):
        text = _decoded(content, encoding)
        if text is not None:
            _refuse_binary(text, file)
            what = _LEGACY[encoding]
            return text, (f"it is not UTF-8 and was read as {what}; check letters such as å, é and “.",)
    raise BadInput(f"{file} is no text that can be read. Save it as UTF-8 text, or give the .docx file.")


def _saved_twice(text: str) -> tuple[str, ...]:
    """A warning where letters stand as the bytes of UTF-8 ("Ã¥" for å): it was read wrongly before it was saved."""
    letters = Counter(_TWICE.findall(text[:_SAMPLE]))
    if sum(letters.values()) < _LEAST_TWICE:
        return ()
    shown = letters.most_common(1)[0][0]
    meant = shown.encode("cp1252").decode("utf-8")
    return (
        f"letters such as {meant} stand there as {shown}, since another program read it wrongly and saved it so. Export it "
        f"again as UTF-8 and give that.",
    )


def _line_by_line(content: bytes) -> str | None:
    """A text that was put together of UTF-8 and Windows-1252, each line by itself; None for any other."""
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    utf8 = [_decoded(line, "utf-8") for line in lines]
    western = [
        None if text is not None else _decoded(line, "cp1252") for line, text in zip(lines, utf8, strict=True)
    ]
    parts = ["".join(text for text in some if text and not text.isascii()) for some in (utf8, western)]
    if not all(parts) or not all(map(_is_western, parts)) or any(map(_senseless, parts)):
        return None
    both = [text if text is not None else other for text, other in zip(utf8, western, strict=True)]
    read = [line for line in both if line is not None]
    return "\n".join(read) if len(read) == len(lines) else None


def _certain(content: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    head = content[:1000]
    # without its mark, UTF-16 shows by a zero in every other byte of plain letters
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if (
            len(head) >= 8
            and head[offset::2].count(0) > 0.4 * len(head) / 2
            and not head[1 - offset :: 2].count(0)
        ):
            return encoding
    return "utf-8-sig"


def _wide(content: bytes) -> str | None:
    """UTF-16 without its mark in a script whose letters have no zero byte: its spaces and line ends have one.

    In the other order of bytes these would be signs that no text is full of.
    """
    decoded = []
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _decoded(content, encoding) if len(content) % 2 == 0 else None
        sample = (text or "")[:_SAMPLE]
        if not sample or any(unicodedata.category(c) in ("Cn", "Co", "Cs") for c in sample):
            continue
        decoded.append((sum(c in " \n\r\t:.," for c in sample), text))
    plain, text = max(decoded, default=(0, None), key=lambda reading: reading[0])
    return text if text is not None and 50 * plain > len(text[:_SAMPLE]) else None


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, UnicodeError):
        return None


def _likely(content: bytes) -> str:
    """The older encoding whose letters make sense; Windows-1252 where it makes as much sense as any."""
    sample = content[:_SAMPLE]
    western = _decoded(sample, "cp1252")
    mostly_letters = sum(byte > 127 for byte in sample) < 0.25 * len(sample)
    if western is not None and mostly_letters and not _senseless(western):
        return "cp1252"
    # only for files that are not UTF-8
    from charset_normalizer import from_bytes

    readings = [
        (_SAME.get(guessed.encoding, guessed.encoding), guessed.chaos, guessed.coherence)
        for guessed in from_bytes(sample, cp_isolation=list(_LEGACY), threshold=0.2)
    ]
    known = [reading for reading in readings if reading[0] in _LEGACY]
    if not known:
        return "cp1252"
    least = min(chaos for _, chaos, _ in known)
    order = list(_LEGACY)
    return min(
        (reading for reading in known if reading[1] <= least + 0.06),
        key=lambda reading: (
            _senseless(_decoded(sample, reading[0]) or ""),
            not _is_western(_decoded(sample, reading[0]) or ""),
            -round(reading[2], 1),
            order.index(reading[0]),
        ),
    )[0]


def _is_western(text: str) -> bool:
    return {c.lower() for c in set(text) if not c.isascii()} <= _WESTERN


def _senseless(text: str) -> int:
    """How many signs and capital letters stand in the middle of words, and letters that no language has side by side."""
    letters = set(text)
    signs = sum(pair_of_letters <= letters for pair_of_letters in _NEVER_TOGETHER)
    signs += not letters & _ICELANDIC and any(pair_of_letters <= letters for pair_of_letters in _TURKISH)
    signs += sum(
        any(letters_together and letters_together.isupper() for letters_together in m.groups())
        for m in _UPPER_INSIDE.finditer(text)
    )
    signs += sum(1 for _ in _MARKS_INSIDE.finditer(text))
    for m in _BESIDE_LETTERS.finditer(text):
        sign = m["sign"]
        is_sign = sign in "¡¿" or unicodedata.category(sign) in _SIGNS
        signs += bool(m["before"] and (sign.isupper() or is_sign)) or (is_sign and sign not in "¡¿")
    return signs


def _refuse_binary(text: str, file: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise BadInput(
            f"{file} has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read. Split it."
        )
    odd = sum(ord(c) < 32 and c not in "\t\n\r\f\v" for c in text[:_SAMPLE])
    # a few may stand in a text that a program wrote; in another file they are everywhere
    if "\x00" in text or odd > max(2, len(text[:_SAMPLE]) / 100):
        raise BadInput(_no_text(file))


def _no_text(file: str) -> str:
    return (
        f"{file} is no text but a program's own format. Give a text, Word, PDF or subtitle file, or a table."
    )
