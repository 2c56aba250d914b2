"""Transcripts as other programs name them: with or without the file's ending, below a group or folder, with a number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from annotations.errors import nearest
from annotations.names import folded
from annotations.transcript import Transcript

_ENDING = re.compile(
    r"\.(?:docx?|odt|rtf|txt|md|pdf|vtt|srt|html?|csv|tsv|xlsx?|jsonl?|otr|eaf|mp3|mp4|m4a|wav|mov)$",
    re.IGNORECASE,
)
# ATLAS.ti puts the number of the document before its name: "D 3: JKG-01", "3: JKG-01"
_NUMBERED = re.compile(r"^[DP]?\s?\d{1,5}\s*:\s*(?=\S)")


class TranscriptNames:
    """The transcripts of a study by every name that a file may give them. ``transcripts``: by folded name."""

    def __init__(self, transcripts: Mapping[str, Transcript]) -> None:
        self._by_name = transcripts
        self._others: dict[str, set[str]] = {}
        for key, transcript in transcripts.items():
            for other in {*_ends(transcript.name), *(_ends(transcript.source) if transcript.source else ())}:
                self._others.setdefault(folded(other), set()).add(key)
        self._said: dict[str, dict[str, str]] = {}

    def find(self, name: str, group: str = "") -> Transcript:
        """The transcript that a cell names; ``group``: the group of documents that it says. Raises ValueError."""
        if not name.strip():
            raise ValueError("it is empty; every row names a transcript")
        for spelling in _spellings(name, group):
            key = folded(spelling)
            if key in self._by_name:
                return self._took(self._by_name[key], name, group)
            names_there = self._others.get(key, set())
            if len(names_there) == 1:
                return self._took(self._by_name[next(iter(names_there))], name, group)
            if names_there:
                names = ", ".join(sorted(f'"{self._by_name[key].name}"' for key in names_there))
                raise ValueError(f'"{name}" may be {names}; give the name in full')
        raise ValueError(self._unknown(name))

    @property
    def taken_twice(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Transcripts that the file calls by names of several documents, with these names."""
        return tuple(
            (self._by_name[key].name, tuple(names.values()))
            for key, names in self._said.items()
            if len(names) > 1
        )

    def _took(self, transcript: Transcript, name: str, group: str) -> Transcript:
        said = "\\".join(filter(None, (group, name)))
        # with and without an ending is the same document, in two groups it is not
        its = self._said.setdefault(folded(transcript.name), {})
        its.setdefault(folded(_ENDING.sub("", _plain(said))), said)
        return transcript

    def _unknown(self, name: str) -> str:
        close = nearest(name, (transcript.name for transcript in self._by_name.values()))
        return f'there is no transcript "{name}"; ' + (
            f'did you mean "{close}"?' if close else "import it first"
        )


def _spellings(name: str, group: str) -> Iterator[str]:
    plain = _plain(name)
    if group:
        for between in ("/", "\\", " "):
            yield f"{group}{between}{plain}"
            yield _ENDING.sub("", f"{group}{between}{plain}")
    for whole in (name, plain):
        yield whole
        yield _ENDING.sub("", whole)
    numbered = _NUMBERED.sub("", plain)
    if numbered != plain:
        yield numbered
        yield _ENDING.sub("", numbered)
    yield from _ends(numbered)


def _ends(name: str) -> tuple[str, ...]:
    """The name below ever fewer folders or groups, with and without the file's ending."""
    parts = [part for part in (part.strip() for part in re.split(r"[\\/]+", _plain(name))) if part]
    ends = ["/".join(parts[at:]) for at in range(len(parts))]
    return tuple(dict.fromkeys(short for end in ends for short in (end, _ENDING.sub("", end))))


def _plain(name: str) -> str:
    """Without the brackets that NVivo puts around a name."""
    return name.strip().removeprefix("<").removesuffix(">").strip()
