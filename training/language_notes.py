"""What a training says of languages that the encoder was not taught: those of transcripts, and of the codebook."""

from __future__ import annotations

from collections.abc import Sequence

from annotations.codebook.codes import Code
from annotations.numbers_shown import counted
from models.languages import InOtherLanguage, described_in_other_languages

MOST_NAMED = 8


def language_notes(
    others: Sequence[InOtherLanguage], codes: Sequence[Code], encoder: str, taught: frozenset[str]
) -> tuple[str, ...]:
    """A note each, where there is something to say. ``others``: the transcripts; ``codes``: those that may be applied."""
    described = described_in_other_languages(codes, taught)
    notes = []
    if others:
        notes.append(_of_languages(others, encoder, taught))
    if described:
        notes.append(_of_descriptions(described, len(codes), encoder, taught))
    return tuple(notes)


def _of_languages(others: Sequence[InOtherLanguage], encoder: str, taught: frozenset[str]) -> str:
    several = counted(len(others), "transcript is", "transcripts are")
    rest = f" and {len(others) - MOST_NAMED} others" if len(others) > MOST_NAMED else ""
    return (
        f"{several} in a language that the encoder {encoder} was not taught (it knows {', '.join(sorted(taught))}): "
        f"{', '.join(map(str, others[:MOST_NAMED]))}{rest}. Expect fewer good suggestions there, and look at their figures "
        f"apart (tandem evaluate). A multilingual sentence-transformers model can be given as embedder.model in "
        f"study.yaml (docs/languages.md)."
    )


def _of_descriptions(
    described: Sequence[tuple[str, str]], codes: int, encoder: str, taught: frozenset[str]
) -> str:
    named = ", ".join(f'{name} ("{language}")' for name, language in described[:MOST_NAMED])
    rest = f" and {len(described) - MOST_NAMED} others" if len(described) > MOST_NAMED else ""
    return (
        f"The codebook describes {len(described)} of {counted(codes, 'code')} in a language that the encoder {encoder} was "
        f"not taught (it knows {', '.join(sorted(taught))}): {named}{rest}. What it says of them helps suggestions little "
        f"until passages are coded. Describe them in a language that the encoder knows, or give a multilingual one as "
        f"embedder.model in study.yaml (docs/languages.md)."
    )
