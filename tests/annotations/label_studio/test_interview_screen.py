"""The screen of a whole interview: what it offers, for few codes and for many, and in an open project."""

from __future__ import annotations

from dataclasses import replace

from defusedxml.ElementTree import fromstring

from annotations.codebook.codes import Code, Codebook
from annotations.label_studio.interview_screen import InterviewMark, interview_config


def names(config: str, kind: str) -> list[str]:
    """The controls of a kind, by name."""
    return [one.get("name", "") for one in fromstring(config).iter(kind)]


def many(codebook: Codebook) -> Codebook:
    """The same with more codes than there are boxes for."""
    more = tuple(Code(f"c{at}", f"Code <{at}> & more", "topics", f"Topics/C{at}") for at in range(12))
    return replace(codebook, codes=(*codebook.codes, *more))


def test_few_codes_are_boxes_and_many_are_one_list(codebook: Codebook) -> None:
    """Under the names of the screen of passages, so that answers are read in the same way; every form is per mark."""
    assert (names(interview_config(codebook), "Choices"), names(interview_config(codebook), "Taxonomy")) == (
        ["likely", "f-phase"],
        [],
    )
    config = interview_config(many(codebook))
    assert (names(config, "Choices"), names(config, "Taxonomy")) == (["others", "f-phase"], [])
    tree = fromstring(config)
    per_mark = [one for kind in ("Choices", "Taxonomy", "TextArea") for one in tree.iter(kind)]
    assert {one.get("perRegion") for one in per_mark} == {"true"}
    (find,) = tree.iter("Filter")
    (listed,) = [one for one in tree.iter("Choices") if one.get("name") == find.get("toName")]
    assert all(not list(one) for one in listed)  # no levels: a group cannot be hit by mistake
    assert listed[0].get("alias") == "not-submitted"


def test_every_kind_of_mark_has_a_key_of_its_own(codebook: Codebook) -> None:
    """And no key is given twice, rows of codes included."""
    tree = fromstring(interview_config(many(codebook)))
    assert {one.get("alias") for one in tree.iter("Label")} == {mark.value for mark in InterviewMark}
    # the codes behind the search have one that no keyboard has
    keys = [key for one in tree.iter() if (key := one.get("hotkey")) and not key.startswith("ctrl+alt+shift")]
    assert len(keys) == len(set(keys))


def test_controls_with_answers_stay(codebook: Codebook) -> None:
    """Influence that nobody is asked for any more, and boxes where the codes have become many."""
    assert "influence" not in names(interview_config(codebook), "Choices")
    assert "influence" in names(interview_config(replace(codebook, influence=True)), "Choices")
    assert "influence" in names(interview_config(codebook, {"influence"}), "Choices")
    both = interview_config(many(codebook), {"likely"})
    assert "likely" in names(both, "Choices")
    assert "others" in names(both, "Choices")
    assert "others" in names(interview_config(codebook, {"others"}), "Choices")
    assert names(interview_config(codebook, {"codes"}), "Taxonomy") == ["codes"]
