"""How far interviews, documents and field notes agree on a finding, as sentences that say no more than the counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from annotations.patterns.stances import Stance, Voices
from annotations.patterns.triangulation import SourcedFinding

_SAYS: Mapping[Stance, str] = {
    "helps": "say that it helps",
    "hinders": "say that it hinders",
    "both ways": "say that it helps and that it hinders",
    "no direction": "speak of it without a direction",
}


def in_words(finding: SourcedFinding) -> str:
    """The sentences."""
    return " ".join(_sentences(finding))


def _sentences(finding: SourcedFinding) -> Iterator[str]:
    speaking = {kind: voices for kind, voices in finding.kinds.items() if voices.speaking}
    yield _who_speaks(speaking)
    for kind, voices in speaking.items():
        if sum(map(bool, (voices.helps, voices.hinders, voices.both_ways))) > 1:
            yield f"{_many(kind)} differ among themselves: {_split(voices)}."
    if silent := finding.silent(finding.kinds):
        yield f"{_listed([_many(kind) for kind in silent])} are silent."
    if missing := [kind for kind, voices in finding.kinds.items() if not voices.read]:
        # there may be some that nobody has read: of those nothing is known
        yield f"No {_listed([_many(kind).lower() for kind in missing], 'or')} were read."


def _who_speaks(speaking: Mapping[str, Voices]) -> str:
    named = [f"{_many(kind)} ({voices.speaking} of {voices.read})" for kind, voices in speaking.items()]
    stances = {voices.stance for voices in speaking.values() if voices.stance}
    if len(named) == 1:
        (stance,) = stances
        return f"Only {named[0].lower()} {_SAYS[stance]}."
    directed = stances - {"no direction"}
    if not directed:
        return f"{_listed(_low_after_first(named))} speak of it without a direction."
    if len(stances) == 1:
        (stance,) = stances
        return f"{_listed(_low_after_first(named))} agree: they {_SAYS[stance]}."
    if len(directed) == 1:
        (stance,) = directed
        with_it = [n for n, voices in zip(named, speaking.values(), strict=True) if voices.stance == stance]
        without = [n for n, voices in zip(named, speaking.values(), strict=True) if voices.stance != stance]
        others = _listed([words.lower() for words in without])
        return (
            f"{_listed(_low_after_first(with_it))} {_SAYS[stance]}; {others} speak of it without a direction."
        )
    said = [
        f"{n} {_SAYS[voices.stance]}"
        for n, voices in zip(named, speaking.values(), strict=True)
        if voices.stance
    ]
    return f"They do not agree: {_listed([words.lower() for words in said])}."


def _split(voices: Voices) -> str:
    parts = [
        f"{count} {'says' if count == 1 else 'say'} that it {what}"
        for count, what in (
            (voices.helps, "helps"),
            (voices.hinders, "hinders"),
            (voices.both_ways, "does both"),
        )
        if count
    ]
    return _listed(parts)


def _many(kind: str) -> str:
    return f"{kind.capitalize()}s"


def _low_after_first(named: Sequence[str]) -> list[str]:
    return [words if at == 0 else words.lower() for at, words in enumerate(named)]


def _listed(parts: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"
