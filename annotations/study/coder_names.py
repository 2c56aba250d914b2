"""Names of coders in files: every spelling that is theirs, and slips of the pen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

from annotations.coding import Coder
from annotations.names import fault_of_name, folded, name_in_short

# marks that stand in no name of one person; a comma or "and" may ("Lind, Ada"), so what stands beside has to be known
_BETWEEN = re.compile(r"\s*[;|\n]\s*|\s+[/&+]\s+")
_MAY_BE_BETWEEN = re.compile(r"\s*[,;|/&+\n]\s*|\s+(?:and|und|och|et|y)\s+", re.IGNORECASE)


class CoderNames:
    """The coders of study.yaml and those who coded before; names met on the way are added."""

    def __init__(self, coders: Sequence[Coder], known: Iterable[str] = ()) -> None:
        self._spellings: dict[str, tuple[str, str]] = {}
        for name in known:
            self._add(name, name)
        for coder in coders:
            for spelling in (coder.name, *coder.aliases, coder.email):
                self._add(spelling, coder.name)
        self._faults: dict[str, str] = {}

    def _add(self, spelling: str, name: str) -> None:
        if spelling:
            self._spellings[folded(spelling)] = (spelling, name)

    def resolve_one(self, given: str) -> str:
        """The same for a row that says what one person judged. Raises ValueError for several names, too."""
        known = folded(given) in self._spellings
        parts = [part for part in _MAY_BE_BETWEEN.split(given) if part]
        all_known = len(parts) > 1 and all(folded(part) in self._spellings for part in parts)
        if not known and (all_known or len([*filter(None, _BETWEEN.split(given.strip()))]) > 1):
            raise ValueError(
                f'"{name_in_short(" ".join(given.split()))}" are several people. Write a row for each of them; if they '
                "agreed on it together, write consensus as its condition; if it is one person, list the name under "
                "coders in study.yaml"
            )
        return self.resolve(given)

    def resolve(self, given: str) -> str:
        """The coder whom a name in a file means; one not met before is taken as new.

        Raises ValueError with the reason for an empty name, and for a new one that is a typo away from another.
        """
        name = " ".join(given.split())
        if not name:
            raise ValueError("it is empty; every row says who coded")
        known_spelling = self._spellings.get(folded(name))
        if known_spelling is not None:
            return known_spelling[1]
        if fault := fault_of_name(name):
            raise ValueError(f'the name "{name_in_short(name)}" {fault}')
        if name not in self._faults:
            near = [known for spelling, known in self._spellings.values() if a_typo_apart(name, spelling)]
            if not near:
                self._add(name, name)
                return name
            self._faults[name] = (
                f'"{name}" is a typo away from "{near[0]}"; correct it, or, if they are two people or this is '
                f"another spelling, list both or the alias under coders in study.yaml"
            )
        raise ValueError(self._faults[name])


def a_typo_apart(name: str, other: str) -> bool:
    """Is one name a slip of the other? Names that differ in digits or initials are meant, and so are short ones.

    A slip is one letter added, left out, changed or swapped with the next; two where both names have eight
    letters or more (optimal string alignment distance).
    """
    words, others = _words(name), _words(other)
    if re.findall(r"\d+", name) != re.findall(r"\d+", other):
        return False
    if len(words) == len(others):
        differing = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
        if any(len(a) <= 2 and len(b) <= 2 for a, b in differing):
            return False
    first, second = " ".join(words), " ".join(others)
    shorter = min(len(first), len(second))
    if shorter < 4:
        return False
    return first != second and OSA.distance(first, second) <= (1 if shorter < 8 else 2)


def _words(name: str) -> list[str]:
    """ "coderA" is two words, "coder" and the initial."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [folded(word) for word in re.split(r"[\s._-]+", parted) if word]
