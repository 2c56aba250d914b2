"""The gist of an agreement report, as its page says it."""

from __future__ import annotations

import pytest

from service.agreement.in_words import AgreementInWords, SaidOfCode, sentences


def _codes(count: int) -> tuple[SaidOfCode, ...]:
    return tuple(SaidOfCode("Topics", f"Code {number}", f"c{number}", "") for number in range(count))


@pytest.mark.parametrize(
    ("as_good", "below", "unknown", "sentence"),
    [
        (0, 0, 4, "It cannot be told yet whether the model is as good as a second coder: 4 codes were looked at."),
        (0, 0, 1, "It cannot be told yet whether the model is as good as a second coder: 1 code was looked at."),
        (2, 0, 3, "The model is as good as a second coder on 2 codes, below one on none; of 3 it cannot be told yet."),
        (0, 1, 0, "The model is as good as a second coder on no code, below one on 1 code."),
    ],
)  # fmt: skip
def test_the_model_beside_a_second_coder(as_good: int, below: int, unknown: int, sentence: str) -> None:
    """No code of which anything is known is no verdict: the sentence begins with that."""
    people = ((), (), (), (), "nobody judged twice.")
    said = AgreementInWords(*people, _codes(as_good), _codes(below), _codes(unknown), "", (), 0, 0, "none.")
    assert sentence in tuple(sentences(said))
