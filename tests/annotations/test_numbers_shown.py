"""Numbers as people read them."""

from __future__ import annotations

import re

from builders import REPOSITORY

from annotations.numbers_shown import counted, number, percent, ranging, rounded_percent

# a share made into words by hand, and a digit that touches its sign; "100%;" is of a stylesheet
_BY_HAND = re.compile(r":\.\d+%\}|:\.\d+f\} ?%|\d%(?!;|[\dA-Fa-f]{2})")
# NVivo's own lines
_OF_OTHERS = ("annotations/codings/nvivo_report.py",)


def test_one_thing_is_no_plural() -> None:
    """The noun follows its number."""
    assert counted(1, "transcript") == "1 transcript"
    assert counted(0, "transcript") == "0 transcripts"
    assert counted(1200, "passage is", "passages are") == "1,200 passages are"


def test_no_interval_is_read_as_a_minus() -> None:
    """Its ends stand apart, and nothing is minus nought."""
    assert ranging((-0.11, -0.001)) == "−0.11 to 0.00"
    assert number(None) == "–"


def test_a_share_stands_apart_from_its_sign() -> None:
    """As the SI writes it; what somebody chose keeps its digits, and what was measured is rounded."""
    assert (percent(0.05), percent(0.125)) == ("5 %", "12.5 %")
    assert (rounded_percent(1 / 3), rounded_percent(0.0521, 1)) == ("33 %", "5.2 %")


def test_no_sentence_writes_a_share_by_hand() -> None:
    """Shares go through "percent" and "rounded_percent", and a share in a text has the same gap."""
    rooms = ("annotations", "models", "training", "service")
    files = [
        *(
            file
            for room in rooms
            for kind in ("py", "html")
            for file in (REPOSITORY / room).rglob(f"*.{kind}")
        ),
        *(REPOSITORY / "docs").glob("*.md"),
        REPOSITORY / "README.md",
        REPOSITORY / "CHANGELOG.md",
    ]
    by_hand = [
        f"{name}:{number_of_line}: {line.strip()[:80]}"
        for file in sorted(files)
        if (name := file.relative_to(REPOSITORY).as_posix())
        not in (*_OF_OTHERS, "annotations/numbers_shown.py")
        for number_of_line, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if "%" in line and _BY_HAND.search(line)
    ]
    assert by_hand == []
