"""What a table's columns stand for: cases, sites, participants, waves, kinds of source, an attribute, or two crossed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotations.attributes import Attributes
from annotations.errors import BadInput, nearest
from annotations.names import folded
from annotations.store.cell_place import Column
from annotations.transcript import Transcript

OF_TRANSCRIPTS = ("case", "site", "participant", "wave", "kind")
_SEPARATORS = (" × ", " | ", " ¦ ", " ‖ ")


@dataclass(frozen=True, slots=True)
class MatrixColumns:
    """By what a table is divided: the names of one or two of a transcript's properties or attributes."""

    names: tuple[str, ...]
    attributes: Attributes

    def of(self, transcript: Transcript) -> Column:
        """The column that a transcript's codings stand in; what is not known is ""."""
        known: Mapping[str, str] = {}
        if any(name not in OF_TRANSCRIPTS for name in self.names):
            known = self.attributes.of(participant=transcript.participant, case=transcript.case)
        return tuple(
            (
                name,
                " ".join(
                    str(getattr(transcript, name) if name in OF_TRANSCRIPTS else known.get(name, "")).split()
                ),
            )
            for name in self.names
        )


def columns_named(given: Sequence[str], attributes: Attributes) -> MatrixColumns:
    """The columns that these names ask for. Raises BadInput for an unknown one, and for none, three or twice the same."""
    names = []
    for given_name in given:
        word = folded(given_name)
        if word in OF_TRANSCRIPTS:
            names.append(word)
            continue
        known = {folded(name): name for name in attributes.names}
        if word not in known:
            close = nearest(given_name, [*OF_TRANSCRIPTS, *attributes.names])
            guess = f' Did you mean "{close}"?' if close else ""
            own = f", or an attribute: {', '.join(attributes.names)}" if attributes.names else ""
            raise BadInput(
                f'"{given_name}" is no column.{guess} It is one of {", ".join(OF_TRANSCRIPTS)}{own}.'
            )
        names.append(known[word])
    if not 0 < len(names) < 3 or len(set(names)) < len(names):
        raise BadInput("a table's columns stand for one thing or two different ones, such as case and wave.")
    return MatrixColumns(tuple(names), attributes)


def shown_columns(columns: Iterable[Column]) -> dict[Column, str]:
    """How each column is called: its value, or both with " × " between; a name for each, whatever the values hold."""
    shown = list(dict.fromkeys(columns))
    values = [value for column in shown for _, value in column]
    sign = next(
        (
            sign_tried
            for sign_tried in _SEPARATORS
            if not any(sign_tried.strip() in value for value in values)
        ),
        " ×× ",
    )
    return {column: sign.join(value for _, value in column) for column in shown}
