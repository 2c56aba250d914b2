"""What it costs when the encoder was not taught a study's language, as far as English comments can tell.

    python benchmarks/other_language.py

Every letter of the NHS comments is put in the place of another (vowels for vowels, consonants for consonants). To words
and characters this changes nothing: the same words are told apart as before. The encoder was never taught the language
that comes of it. So the difference is what the encoder's knowledge of a language is worth; a real language that shares
words or roots with English, and names, would lose less. Then half of the respondents speak it: a study in two languages.
Prints macro average precision (means of two draws).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from quality import DATA, ROOT
from ruler.runs import Run, rows_of
from ruler.sets import LabelledSet, only_rows, read_set
from ruler.tandem import tandem
from study_variants import macro

from annotations.arrays import Bools
from models.embedder import EmbedderSource
from models.embedding_cache import EmbeddingCache
from models.passage_parts import parts_of
from models.segmenter import sentences_in

VOWELS, CONSONANTS = "aeiouy", "bcdfghjklmnpqrstvwxz"
COMMENTS = 2500
DRAWS = 2


def letters(seed: int = 0) -> dict[int, str]:
    """A table for ``str.translate``: every letter becomes another of its kind."""
    random = np.random.default_rng(seed)
    found: dict[int, str] = {}
    for kind in (VOWELS, CONSONANTS):
        order = random.permutation(list(kind)).tolist()
        for one, other in zip(order, order[1:] + order[:1], strict=True):
            found |= {ord(one): other, ord(one.upper()): other.upper()}
    return found


def spoken_otherwise(data: LabelledSet, which: Bools, cache: EmbeddingCache) -> LabelledSet:
    """The set with some of its units (``which``) in the other language. The codebook stays in English."""
    table = letters()
    units = tuple(
        replace(unit, text=unit.text.translate(table), question=unit.question.translate(table))
        if its
        else unit
        for unit, its in zip(data.units, which, strict=True)
    )
    source = EmbedderSource(device="cpu")

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        return cache.embed(source, texts).vectors

    vectors = embed([unit.text for unit in units])
    parts = parts_of(units, vectors, embed, lambda texts: [sentences_in(text, "rules") for text in texts])
    return replace(data, units=units, embeddings=vectors, parts=parts)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=["50", "200", "1000", "all"])
    parser.add_argument("--embeddings", type=Path, default=ROOT / "results" / "embeddings.db")
    asked = parser.parse_args()
    cache = EmbeddingCache(asked.embeddings)
    whole = read_set("NHS", DATA, cache)
    kept = np.zeros(len(whole.units), dtype=bool)
    kept[np.random.default_rng(0).choice(len(kept), COMMENTS, replace=False)] = True
    data = only_rows(whole, kept)
    groups = sorted(set(data.groups))
    half = set(np.random.default_rng(1).permutation(groups)[: len(groups) // 2].tolist())
    swapped = np.array([group in half for group in data.groups])
    studies = {
        "English": data,
        "another language": spoken_otherwise(data, np.ones(len(data.units), dtype=bool), cache),
        "both": spoken_otherwise(data, swapped, cache),
    }
    for size in asked.sizes:
        found: dict[str, list[float]] = {}
        for draw in range(DRAWS):
            for name, study in studies.items():
                train, test = rows_of(study, Run(name, "", size, draw))
                judged = tandem(study, train, test).probabilities
                if name != "both":
                    found.setdefault(name, []).append(macro(judged, study.labels[test], study))
                    continue
                for part, rows in (("English", ~swapped[test]), ("the other", swapped[test])):
                    scores = macro(judged[rows], study.labels[test][rows], study)
                    found.setdefault(f"both, on {part}", []).append(scores)
        print(
            size, json.dumps({name: round(float(np.mean(its)), 3) for name, its in found.items()}), flush=True
        )


if __name__ == "__main__":
    if DATA.is_dir():
        main()
    else:
        print(json.dumps({"skipped": f"the shared data are not in {DATA.name} beside the repository"}))
