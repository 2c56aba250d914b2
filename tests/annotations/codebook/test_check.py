"""What a check of a codebook finds, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.codebook.check import CodebookFault, check_codebook
from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codebook.files import shipped_codebook, shipped_codebooks


def _code(code_id: str, name: str, **said: object) -> Code:
    texts = {
        "definition": " ".join([code_id, "alone", *[code_id] * 6]),
        "use_when": f"It is about {code_id}.",
        "do_not_use_when": "It is about another.",
        "example": f"Look at the {code_id}, she said.",
    }
    return Code(code_id, name, "topics", f"Topics/{name}", **{**texts, **said})  # type: ignore[arg-type]


def _book(*codes: Code, select: str = "many") -> Codebook:
    return Codebook("Small", (Framework("topics", "Topics", select=select),), codes)  # type: ignore[arg-type]


GOOD = (_code("money", "Money"), _code("people", "People"))


def _about(found: tuple[CodebookFault, ...], words: str) -> CodebookFault:
    (one,) = [finding for finding in found if words in finding.what]
    return one


def test_a_good_codebook_has_no_findings() -> None:
    """Complete codes with names of their own are left alone, also when all were used."""
    assert check_codebook(_book(*GOOD)) == ()
    assert check_codebook(_book(*GOOD), {"money": 3, "people": 1}) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("definition", "what they mean"),
        ("use_when", "when to use them"),
        ("do_not_use_when", "when not to use them"),
        ("example", "have an example"),
    ],
)
def test_what_is_not_said_is_missing(text: str, words: str) -> None:
    """Each text that an applicable code lacks is one finding that names the code; a heading needs none."""
    lacking = _code("rooms", "Rooms", **{text: ""})
    heading = _code("grounds", "Grounds", applicable=False, **{text: ""})
    below = replace(_code("yard", "Yard"), parent="grounds", path="Topics/Grounds/Yard")
    found = check_codebook(_book(*GOOD, lacking, heading, below))
    assert _about(found, words).codes == ("Rooms",)
    assert _about(found, words).kind == "missing"


def test_nearly_the_same_names_are_suspicious() -> None:
    """A slip of the pen that made a second code is noticed; names that differ are not."""
    found = check_codebook(_book(*GOOD, _code("x", "Peoples")))
    assert _about(found, "nearly the same").codes == ("Topics/People", "Topics/Peoples")


def test_a_name_that_two_codes_share_is_noted() -> None:
    """It is no fault, but files must then give the path."""
    twin = replace(_code("x", "Money"), parent="people", path="Topics/People/Money")
    finding = _about(check_codebook(_book(*GOOD, twin)), "share their name")
    assert (finding.kind, finding.codes) == ("note", ("Topics/Money", "Topics/People/Money"))
    assert "Topics/Money" in finding.remedy


def test_texts_that_stand_twice_are_suspicious() -> None:
    """One example or one definition for two codes teaches neither apart."""
    twin = _code("x", "Weather", definition=GOOD[0].definition, example=GOOD[0].example)
    found = check_codebook(_book(*GOOD, twin))
    assert _about(found, "same definition").codes == ("Topics/Money", "Topics/Weather")
    assert _about(found, "same example").codes == ("Money", "Weather")


def test_codings_without_a_code_are_wrong() -> None:
    """Codes that people applied and the codebook does not hold come first, with how often."""
    found = check_codebook(_book(*GOOD), {"money": 2, "gone": 5, "lost": 1})
    assert found[0].kind == "wrong"
    assert "6 codings" in found[0].what
    assert found[0].codes == ("gone (5)", "lost (1)")


def test_codes_that_nobody_used_are_noted() -> None:
    """In a study with codings they are listed; without any codings nothing is said."""
    assert _about(check_codebook(_book(*GOOD), {"money": 2}), "never used").codes == ("People",)
    assert check_codebook(_book(*GOOD), {}) == ()


def test_odd_shapes_are_suspicious() -> None:
    """A heading over nothing, a choice of one, a definition that repeats the name, a framework nobody can apply."""
    empty = _code("empty", "Empty", applicable=False)
    assert _about(check_codebook(_book(*GOOD, empty)), "nothing below").codes == ("Empty",)
    assert _about(check_codebook(_book(GOOD[0], select="one")), "one choice only").codes == ("Money",)
    echo = _code("echo", "Echo", definition="echo")
    assert _about(check_codebook(_book(*GOOD, echo)), "repeat the name").codes == ("Echo",)
    assert _about(check_codebook(_book(empty)), "may be applied").kind == "wrong"


@pytest.mark.parametrize("name", shipped_codebooks())
def test_shipped_frameworks_hold_nothing_wrong(name: str) -> None:
    """They may be incomplete where they say so, and names may repeat, but nothing is suspicious."""
    kinds = {finding.kind for finding in check_codebook(shipped_codebook(name))}
    assert kinds <= ({"note"} if name in ("cfir-2022", "common-framework") else {"note", "missing"})


@given(st.dictionaries(st.sampled_from(["money", "people", "a", "b"]), st.integers(1, 9)))
def test_every_code_with_codings_is_accounted_for(used: dict[str, int]) -> None:
    """A code is used, never used or unknown; together the findings say which, whatever was coded."""
    found = check_codebook(_book(*GOOD), used)
    never = {label for f in found if "never used" in f.what for label in f.codes}
    strange = {label.split(" ")[0] for f in found if f.kind == "wrong" for label in f.codes}
    assert strange == set(used) - {"money", "people"}
    if used:
        assert never == {code.name for code in GOOD if code.id not in used}


def test_a_code_that_was_retired_is_noted_and_a_heading_that_was_applied_is_wrong() -> None:
    """Who stops offering a code has done nothing wrong; codings of what only groups others have no place."""
    retired = _code("old", "Old", applicable=False)
    found = check_codebook(_book(*GOOD, retired), {"money": 2, "people": 1, "old": 4})
    assert [(finding.kind, finding.codes) for finding in found] == [("note", ("Old",))]
    assert "1 code that was applied is offered no more" in found[0].what
    history = replace(retired, framework="past", path="Past/Old")
    book = _book(*GOOD, history)
    book = replace(book, frameworks=(*book.frameworks, Framework("past", "Past")))
    assert [f.kind for f in check_codebook(book, {"money": 2, "people": 1, "old": 4})] == ["note"]
    below = replace(_code("new", "New"), parent="old", path="Topics/Old/New")
    found = check_codebook(_book(*GOOD, retired, below), {"money": 2, "people": 1, "old": 4, "new": 1})
    assert _about(found, "headings were applied").kind == "wrong"
