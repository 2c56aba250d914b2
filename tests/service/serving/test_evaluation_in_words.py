"""What an evaluation says: each figure in its column, with why there is none."""

from __future__ import annotations

from typing import Any

from service.serving.evaluation_in_words import (
    at_random_in_words,
    effort_in_words,
    evaluated_codes,
    in_a_sentence,
    main_rows,
    no_kappa_in_words,
    people_rows,
    repeated_in_words,
    right_and_named,
    ticks_in_words,
    why_no_interval,
)

_SIDE: dict[str, Any] = {
    "overall": {
        "micro_f1": 0.5,
        "macro_f1": 0.4,
        "macro_ap": 0.45,
        "kappa": 0.3,
        "kappa_interval": [0.2, 0.41],
    },
    "spotting": {"f1": 0.7, "kappa": 0.35},
    "labelling": {"micro_f1": 0.6},
}


def _code(code: str, framework: str, n: int, **more: Any) -> dict[str, Any]:
    row = {"code_id": code.casefold(), "code": code, "framework": framework, "n": n}
    return row | {"precision": 0.5, "recall": None, "f1": 0.4, "kappa": None} | more


def _figures(**more: Any) -> dict[str, Any]:
    at_random = {
        "overall": {"micro_f1": 0.81, "macro_f1": 0.82, "macro_ap": 0.83, "kappa": 0.84},
        "spotting": {"f1": 0.85, "kappa": 0.86},
        "labelling": {"micro_f1": 0.87},
        "codes": [{"code_id": "money", "f1": 0.9}],
    }
    codes = [
        _code("Place", "B", 3),
        _code("Time", "A", 2, ticked=4, ticked_right=1, comes_ticked=False),
        _code("Money", "A", 9, ticked=8, ticked_right=7, comes_ticked=True, recall_at_5=0.8),
        _code("Never", "A", 0),
    ]
    return (
        _SIDE
        | {"random_split": at_random, "random_split_reason": None, "people": None, "codes": codes}
        | more
    )


def test_what_is_true_of_the_unseen_comes_first_and_chance_second() -> None:
    """Seven figures; kappa of the first column has its interval."""
    rows = {name: rest for name, *rest in main_rows(_figures())}
    assert rows == {
        "F1 over all codes (micro)": ["0.50", "0.81"],
        "F1, mean of codes (macro)": ["0.40", "0.82"],
        "average precision, mean of codes": ["0.45", "0.83"],
        "kappa, mean of codes": ["0.30 (0.20 to 0.41)", "0.84"],
        "is the segment coded at all: F1": ["0.70", "0.85"],
        "is the segment coded at all: kappa": ["0.35", "0.86"],
        "which codes, where the coder coded: F1": ["0.60", "0.87"],
    }
    assert "other words of the same site" in at_random_in_words(_figures(), "site")
    assert "Here it is not higher" not in at_random_in_words(_figures(), "site")
    lower = _figures()
    lower["random_split"]["overall"]["micro_f1"] = 0.4
    assert at_random_in_words(lower, "site").endswith("chance alone can turn that round.")
    none = _figures(random_split=None, random_split_reason="there are too few passages")
    assert {len(row) for row in main_rows(none)} == {2}
    assert at_random_in_words(none, "site") == (
        "What a random split would have claimed is not shown: there are too few passages."
    )


def test_codes_stand_by_framework_the_frequent_first_and_those_nobody_gave_are_left_out() -> None:
    """A tick that has not shown what it is worth stands in brackets."""
    money, time, place = evaluated_codes(_figures())
    assert [code.code for code in (money, time, place)] == ["Money", "Time", "Place"]
    assert (money.ticks, time.ticks, place.ticks) == ("7 of 8", "(1 of 4)", "–")
    assert (money.f1_at_random, time.f1_at_random) == (0.9, None)
    assert (money.in_first_5, money.kappa) == (0.8, "–")
    said = ticks_in_words(_figures()["codes"])
    assert "1 of 2 codes come ticked (7 of 8 ticks are right)" in said
    assert ticks_in_words([_code("Place", "B", 3)]) == ""


def test_words_that_another_participant_said_too_are_told() -> None:
    """Nothing where there are none, or where it was not counted."""
    assert repeated_in_words(_figures(), "case") == repeated_in_words(_figures(repeated=0), "case") == ""
    said = repeated_in_words(_figures(repeated=1), "case")
    assert said.startswith("1 of these segments stands word for word in another case too")


def test_what_suggestions_save_is_said_in_whole_numbers() -> None:
    """Nothing where it was not measured."""
    assert effort_in_words(_figures()) == ""
    effort = {
        "n_segments": 1,
        "given": 1200.5,
        "ticked_right": 300.2,
        "ticked_wrong": 1.0,
        "in_boxes": 400.0,
        "sought": 500.0,
        "read_in_vain": 2.0,
        "actions": 1901.0,
        "actions_without": 3600.0,
    }
    said = effort_in_words(_figures(effort=effort, codes=[]))
    assert said.startswith("What it saves: on 1 passage coders gave 1,200 codes. 300 of them")
    assert "1 wrong tick would have had to be taken away, and 2 boxes read in vain" in said
    assert "1,901 with suggestions and 3,600 without" in said


def test_the_numbers_of_what_is_saved_add_up() -> None:
    """Where coders differ there are halves; the right ticks are those of the table, and the parts make up the whole."""
    effort = {
        "n_segments": 238,
        "given": 453.0,
        "ticked_right": 58.5,
        "ticked_wrong": 57.5,
        "in_boxes": 222.5,
        "sought": 172.0,
        "read_in_vain": 676.5,
        "actions": 796.0,
        "actions_without": 983.0,
    }
    codes = [
        {"ticked": 60, "ticked_right": 30, "comes_ticked": True},
        {"ticked": 56, "ticked_right": 28, "comes_ticked": True},
        {"ticked": 9, "ticked_right": 1, "comes_ticked": False},
    ]
    assert "(58 of 116 ticks are right)" in ticks_in_words(codes)
    said = effort_in_words(_figures(effort=effort, codes=codes))
    assert "gave 453 codes. 58 of them" in said
    assert "223 had a box to tick, and 172 had to be sought" in said  # 58 + 223 + 172 = 453
    assert "58 wrong ticks" in said  # of 116


def test_no_kappa_of_0_stands_without_its_reason() -> None:
    """Of codes, and of whether a segment is coded at all; figures of an earlier version know nothing of the second."""
    why = "one side never varies, which makes kappa 0 whatever the other side does"
    codes = [
        _code("Money", "A", 9, kappa=0.0, reason=why),
        _code("Time", "A", 2, kappa=0.0, reason=None),
        _code("Place", "B", 3, reason="no segment was judged by both"),
        _code("Never", "B", 0, kappa=0.0, reason=why),
    ]
    spotting = {"f1": 0.98, "kappa": 0.0, "reason": why}
    assert no_kappa_in_words(_figures(codes=codes, spotting=spotting)) == [
        "No kappa for Place: no segment was judged by both.",
        "Kappa is 0 because one side never varies, whatever the other does: is the segment coded at all, Money.",
    ]
    assert no_kappa_in_words(_figures(codes=[])) == []


def test_people_stand_beside_the_model_where_both_are() -> None:
    """Nobody, people alone, and both."""
    assert people_rows(_figures()) == []
    alone = people_rows(_figures(people={"person": _SIDE, "model": None}))
    assert alone[1] == ("kappa, mean of codes", "0.30 (0.20 to 0.41)", "–")
    worse = _SIDE | {"labelling": {"micro_f1": 0.12}}
    both = people_rows(_figures(people={"person": _SIDE, "model": worse}))
    assert both[-1] == ("which codes, where both coded: F1", "0.60", "0.12")


def test_a_mean_without_an_interval_says_why_and_gives_each_value() -> None:
    """Nothing is said where there is one."""
    assert why_no_interval(_SIDE["overall"], "people") == ""
    few = {
        "kappa": 0.3,
        "kappa_interval": None,
        "kappa_interval_reason": "two are too few",
        "kappa_by_group": {"P1": 0.2, "P2": 0.4},
    }
    assert why_no_interval(few, "people") == (
        "No interval for people: two are too few. Kappa of each: P1 0.20; P2 0.40"
    )
    none = few | {"kappa": None, "kappa_interval_reason": "nobody coded"}
    assert why_no_interval(none, "people") == "No mean kappa for people: nobody coded."


def test_a_plain_sentence_comes_before_the_figures() -> None:
    """62 of 100 suggestions right and 31 of 62 codes named, worked back from what is kept; nothing where nothing is."""
    precision, recall = 0.62, 0.5
    f1 = 2 * precision * recall / (precision + recall)
    codes = [{"prevalence": 0.1, "recall": 0.6}, {"prevalence": 0.05, "recall": 0.3}, {"prevalence": None}]
    figures = {"overall": {"micro_f1": f1}, "codes": codes}
    shares = right_and_named(figures)
    assert shares is not None
    assert [round(share, 6) for share in shares] == [precision, recall]
    said = in_a_sentence("v2", figures, verdict="better", parent="v1", compared=True)
    assert said[0].startswith("v2 is better than v1 on people")
    assert "about 62 of 100 codes that it suggested were right" in said[1]
    assert "gave it suggested about 50." in said[1]
    assert in_a_sentence("v1", {}, verdict="better", parent=None, compared=False) == ()
    assert len(in_a_sentence("v2", figures, verdict="waits", parent="v1", compared=True)) == 1
