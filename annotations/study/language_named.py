"""How a language is named: by two or three letters, with a region where it matters."""

from __future__ import annotations

import re


def is_language(name: str) -> bool:
    """May this name a language?

    >>> is_language("sv"), is_language("pt-BR"), is_language("english")
    (True, True, False)
    """
    return re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", name) is not None
