"""Who did something, as it is kept on record for ever: a name that can be read."""

from __future__ import annotations

from annotations.errors import BadInput
from annotations.names import fault_of_name, name_in_short


def person_named(given: str, option: str, *, purpose: str) -> str:
    """The name that ``option`` gives, white space folded. ``option``: as it is called, such as "--by" or "your name".

    ``purpose``: what to say of it where it is missing.

    Raises BadInput for a name that is missing or may be none: see ``annotations.names``.
    """
    if not given.strip():
        raise BadInput(f"{option} is missing. {purpose} Nothing was changed.")
    # before folding: a line end is a fault and no white space
    if fault := fault_of_name(given.strip()):
        where = f"{option}: " if option.startswith("--") else ""
        raise BadInput(f'{where}the name "{name_in_short(given)}" {fault}. Nothing was changed.')
    return " ".join(given.split())
