"""Attributes that a manifest's own columns say of the participants whose transcripts it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from annotations.attributes import Attribute, Owner
from annotations.names import folded
from annotations.numbers_shown import counted


@dataclass
class ManifestAttributes:
    """What was said so far in one import, by participant and attribute, and of how many transcripts nobody is known.

    A participant may stand in several rows. Where they say different things, all of them are kept, with ";" between.
    """

    said: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    of_nobody: int = 0

    def of_manifest(self, participant: str, own: Mapping[str, str]) -> Iterator[Attribute]:
        """The attributes to keep once a transcript of this participant has come in."""
        if own and not participant:
            self.of_nobody += 1
            return
        for name, value in own.items():
            self.names.setdefault(folded(name), name)
            values = self.said.setdefault((folded(participant), folded(name)), [])
            if folded(value) not in map(folded, values):
                values.append(value)
            yield Attribute(Owner.PARTICIPANT, participant, name, "; ".join(values))

    @property
    def notes(self) -> list[str]:
        """Which columns became attributes, where rows differ, and of which rows nothing was kept."""
        notes = []
        if self.names:
            people = len({who for who, _ in self.said})
            notes.append(
                f"{', '.join(self.names.values())}: kept as attributes of {counted(people, 'participant')} "
                f'("tandem participants" shows them).'
            )
        differing = {name for (_, name), values in self.said.items() if len(values) > 1}
        if differing:
            several = ", ".join(self.names[name] for name in sorted(differing))
            notes.append(
                f'{several}: the manifest says different things of the same participant; all are kept, with ";" between.'
            )
        if self.of_nobody:
            rows = counted(self.of_nobody, "transcript names", "transcripts name")
            notes.append(f"{rows} no participant, so what the manifest says of it besides was not kept.")
        return notes
