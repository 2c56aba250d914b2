"""What study.yaml may say under ``same_speakers``: a label that files misspell, and the speaker who is meant."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from annotations.names import fault_of_name, folded, name_in_short


def _meant_is_no_slip(same: dict[str, str]) -> dict[str, str]:
    slips = {folded(label) for label in same}
    for label, meant in same.items():
        for name in (label, meant):
            if fault := fault_of_name(name):
                raise ValueError(f'"{name_in_short(name)}" {fault}')
        if folded(meant) in slips:
            raise ValueError(
                f'says that "{label}" is "{meant}", which is said to be somebody else itself; name who is meant'
            )
    return same


SameSpeakers = Annotated[dict[str, str], AfterValidator(_meant_is_no_slip)]
