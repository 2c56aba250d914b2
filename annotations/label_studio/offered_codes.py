"""Which suggestions the labelling screen can show: those of codes that the codebook still offers."""

from __future__ import annotations

from collections.abc import Iterable

from annotations.codebook.codes import Codebook
from annotations.coding import Suggestion
from annotations.label_studio.controls import control_for


def still_offered(suggestions: Iterable[Suggestion], codebook: Codebook) -> list[Suggestion]:
    """Those suggestions whose code the labelling screen offers.

    A code may have left the codebook since the model learnt it, or may only order other codes now. A passage loses
    the suggestion of that code and keeps its others.
    """
    return [one for one in suggestions if control_for(one.code, codebook) is not None]
