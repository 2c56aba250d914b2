"""The answers of member checking as a table."""

from __future__ import annotations

from collections.abc import Sequence

from annotations.store.member_checks import MemberCheck
from service.results.cell_quotes import may_tell
from service.results.result_parts import ResultTable
from service.results.study_findings import StudyFindings


def answers_table(
    findings: StudyFindings, checks: Sequence[MemberCheck], *, with_words: bool, site: str | None
) -> ResultTable:
    """Each answer; its words only where they are asked for and whoever said them may be quoted."""
    return ResultTable(
        name="Member checks",
        subject="Answers to the summaries for member checking",
        columns=("Summary of", "Answered by", "Answer", "Date", "About", "What was said", "Recorded by"),
        rows=tuple(
            (
                check.owner,
                check.answered_by,
                check.answer,
                check.given.isoformat(),
                _about(findings, check),
                _words(findings, check, with_words=with_words, site=site),
                check.by,
            )
            for check in checks
        ),
        widths=(2.2, 2.2, 1.8, 2, 3.6, 6, 2),
    )


def _about(findings: StudyFindings, check: MemberCheck) -> str:
    if not check.code:
        return "all of it"
    return f"{findings.label(check.code)}{f', {findings.label(check.phase)}' if check.phase else ''}"


def _words(findings: StudyFindings, check: MemberCheck, *, with_words: bool, site: str | None) -> str:
    if not check.words:
        return ""
    told = with_words and may_tell(findings.transcripts, check, site=site)
    return check.words if told else "(withheld)"
