"""Labels whose numbers count the turns, as in "Q1: … A1: … Q2: … A2: …": they are one speaker each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from annotations.names import folded
from annotations.readers.label_forms import Form
from annotations.readers.label_shapes import asks_by_word

_NUMBERED = re.compile(r"(?P<base>.*[^\W\d_][.)]?)[\s._#-]*(?P<number>\d{1,4})")
_LEAST = 3
_MOSTLY = 0.8


def without_counts(forms: Sequence[Form]) -> list[Form]:
    """The forms, those with a number that counts their turns without it.

    A number counts if the labels that share their words bear 1, 2, 3 … in this order, each once: for a label that asks,
    or where nearly all labels of a file are so. "P1: … P2: …" of a group comes again, so it is left as it is.
    """
    numbers: dict[str, list[int]] = defaultdict(list)
    parts = [_NUMBERED.fullmatch(form.label) for form in forms]
    for part in parts:
        if part is not None:
            numbers[folded(part["base"])].append(int(part["number"]))
    count_up = {
        base
        for base, its in numbers.items()
        if len(its) >= _LEAST and all(b == a + 1 for a, b in pairwise(its))
    }
    all_do = len(count_up) > 1 and sum(len(numbers[base]) for base in count_up) >= _MOSTLY * len(forms)
    chosen = count_up if all_do else {base for base in count_up if asks_by_word(base)}
    return [
        replace(form, label=part["base"].strip())
        if part is not None and folded(part["base"]) in chosen
        else form
        for form, part in zip(forms, parts, strict=True)
    ]
