"""The answers of member checking as a table."""

from __future__ import annotations

from collections.abc import Sequence

from annotations.store.member_checks import MemberCheck
from service.results.cell_quotes import may_tell
from service.results.result_parts import ResultTable
from service.results.study_findings import StudyFindings


def answers_table(
    found: StudyFindings, checks: Sequence[MemberCheck], *, with_words: bool, site: str | None
) -> ResultTable:
    """Each answer; its words only where they are asked for and whoever said them may be quoted."""
    return ResultTable(
        name="Member checks",
        subject="Answers to the summaries for member checking",
        columns=("Summary of", "Answered by", "Answer", "Date", "About", "What was said", "Recorded by"),
        rows=tuple(
            (
                one.owner,
                one.answered_by,
                one.answer,
                one.given.isoformat(),
                _about(found, one),
                _words(found, one, with_words=with_words, site=site),
                one.by,
            )
            for one in checks
        ),
        widths=(2.2, 2.2, 1.8, 2, 3.6, 6, 2),
    )


def _about(found: StudyFindings, one: MemberCheck) -> str:
    if not one.code:
        return "all of it"
    return f"{found.label(one.code)}{f', {found.label(one.phase)}' if one.phase else ''}"


def _words(found: StudyFindings, one: MemberCheck, *, with_words: bool, site: str | None) -> str:
    if not one.words:
        return ""
    told = with_words and may_tell(found.transcripts, one, site=site)
    return one.words if told else "(withheld)"
