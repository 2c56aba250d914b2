"""tandem report: the study's methods and results in one Word file, and summaries for member checking."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.noted import in_whose_name, note, note_files
from service.cli.options import (
    CaseOption,
    ColumnsOption,
    JsonOption,
    LevelOption,
    SiteOption,
    StudyOption,
    WaveOption,
    WhereOption,
    chosen,
)
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from service.composition import Parts
    from service.reporting.wanted_pack import WantedPack
    from service.results.member_answers import GivenAnswer, KeptAnswers

NAME = "report"


def command(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write this Word file (.docx).")
    ] = None,
    about: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="PARTICIPANT|CASE",
            help="A plain summary for this participant or case, to be checked by them; or their answer, with --answer.",
        ),
    ] = None,
    answer: Annotated[
        str | None,
        typer.Option(
            "--answer", metavar="A", help="Record what they answered: agreed, or corrected with --what."
        ),
    ] = None,
    what: Annotated[
        str, typer.Option("--what", metavar="TEXT", help="What they corrected, or said besides.")
    ] = "",
    date: Annotated[
        str,
        typer.Option("--date", metavar="DAY", help="When they answered, such as 2026-11-20 (else today)."),
    ] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who of the team records the answer.")] = "",
    answered_by: Annotated[
        str,
        typer.Option("--answered-by", metavar="WHO", help="Who answered for a case (a participant's code)."),
    ] = "",
    code: Annotated[
        str, typer.Option("--code", metavar="CODE", help="The answer is about this code alone …")
    ] = "",
    phase: Annotated[str, typer.Option("--phase", metavar="P", help="… in this phase.")] = "",
    answers: Annotated[
        Path | None,
        typer.Option(
            "--answers",
            metavar="FILE",
            help="Record the answers of a table: for, answer, what, date, answered_by, phase, code, by.",
        ),
    ] = None,
    columns: ColumnsOption = None,
    level: LevelOption = None,
    by_outcome: Annotated[
        str | None,
        typer.Option(
            "--by-outcome",
            metavar="ATTRIBUTE",
            help="Cases from the lowest outcome to the highest, by this attribute of theirs.",
        ),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(
            "--role", metavar="ATTRIBUTE", help='The attribute that says who somebody is (else "role").'
        ),
    ] = None,
    wave: WaveOption = None,
    case: CaseOption = None,
    site: SiteOption = None,
    where: WhereOption = None,
    with_quotes: Annotated[
        bool, typer.Option("--with-quotes", help="With participants' words, where consent allows.")
    ] = False,
    for_site: Annotated[
        str | None,
        typer.Option(
            "--for-site",
            metavar="S",
            help="Quotes as people of this site may read them (else as anybody may).",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With an answer: show what would be recorded, and keep nothing.")
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Write everything for a paper's methods, results and appendix into one Word file; or a summary for a participant or a
    case, and record what they answer. Without options: the answers recorded so far.
    """
    from annotations.errors import BadInput
    from service.access.policy import Action
    from service.agreement.report import ReportScope
    from service.audit import Did
    from service.composition import open_parts
    from service.reporting.wanted_pack import WantedPack
    from service.results.member_answers import GivenAnswer

    if out is not None and out.suffix.lower() != ".docx":
        raise BadInput(f"{out}: the report is a Word file. Give it a name that ends in .docx.")
    if answer is not None and about is None:
        raise BadInput("an answer is somebody's: give --for PARTICIPANT or --for CASE as well.")
    if answer is not None and out is not None:
        raise BadInput("--out writes a summary and --answer records one's answer: give one of them.")
    if answer is None and about is None and any((what, date, answered_by, code, phase)):
        raise BadInput(
            "--what, --date, --answered-by, --code and --phase say more of an answer: give --for and --answer."
        )
    wanted = WantedPack(
        tuple(columns or ("case",)),
        level,
        ReportScope(wave, case, site),
        where or (),
        by_outcome,
        role,
        with_quotes,
        for_site,
    )
    with open_parts(chosen(study)) as parts:
        if answers is not None:
            from service.results.member_answers import import_answers

            with parts.alone("report"):
                by = in_whose_name(parts, by, Action.DECIDE_CODES)
                _tell_kept(import_answers(parts, answers, by=by, dry_run=dry_run), json=json)
                if not dry_run:
                    note(parts, Did.IMPORTED, answers.name, by=by, kind="answers of participants")
        elif about is not None and answer is not None:
            given = GivenAnswer(about, answer, what, date, answered_by, phase, code)
            _record(parts, given, by, dry_run=dry_run, json=json)
        elif about is not None:
            _summary(parts, about, out, for_site, json=json)
        elif out is not None:
            _pack(parts, wanted, out, json=json)
        else:
            _show_answers(parts, json=json)


def _pack(parts: Parts, wanted: WantedPack, out: Path, *, json: bool) -> None:
    from annotations.numbers_shown import counted
    from service.reporting.pack import write_pack

    made = write_pack(parts, wanted, out)
    note_files(parts, [out], "report", quotes=made.quotes)
    if json:
        as_json(made.to_json())
        return
    quotes = (
        f" It holds {counted(made.quotes, 'quote')}, each with its consent."
        if made.quotes
        else " It holds no words of participants."
    )
    say(
        f"Written: {out}, with {counted(made.tables, 'table')} and {counted(made.figures, 'figure')}.{quotes}"
    )


def _summary(parts: Parts, about: str, out: Path | None, site: str | None, *, json: bool) -> None:
    from annotations.numbers_shown import counted
    from service.audit import Did
    from service.reporting.member_summary import member_summary, write_summary

    summary = member_summary(parts, about, site=site)
    if out is not None:
        write_summary(summary, out)
        note_files(parts, [out], "summary for member checking", of=summary.owner)
    elif json:
        note(parts, Did.SAW_PASSAGES, summary.owner, kind="summary for member checking")
    if json:
        as_json(summary.to_json() | {"file": None if out is None else str(out)})
        return
    passages = sum(len(understood.passages) for understood in summary.understood)
    say(
        f"{summary.owner}: {counted(len(summary.understood), 'finding')} on {counted(passages, 'passage')} of "
        f"{counted(len(summary.sources), 'source')}; the words of {summary.withheld} are not shown."
    )
    if out is None:
        say("", f'Next: tandem report --for "{summary.owner}" --out FILE.docx')
        return
    say(
        f"Written: {out}. It holds words of participants: give it to {summary.owner} alone.",
        "",
        f'When they have answered: tandem report --for "{summary.owner}" --answer agreed --by NAME',
    )


def _record(parts: Parts, given: GivenAnswer, by: str, *, dry_run: bool, json: bool) -> None:
    from service.access.policy import Action
    from service.audit import Did
    from service.results.member_answers import record_answer

    by = in_whose_name(parts, by, Action.DECIDE_CODES)
    with parts.alone("report"):
        kept = record_answer(parts, given, by=by, dry_run=dry_run)
        if not dry_run:
            note(parts, Did.DECIDED, given.about, by=by, what="answer of a participant")
    _tell_kept(kept, json=json)


def _tell_kept(kept: KeptAnswers, *, json: bool) -> None:
    from annotations.numbers_shown import counted

    if json:
        as_json(kept.to_json())
        return
    if kept.dry_run:
        say("This is what would be recorded; nothing was kept.", "")
    say(
        f"{counted(len(kept.kept), 'new answer')}, {kept.unchanged} as before.",
        "",
        "Next: tandem triangulation",
    )


def _show_answers(parts: Parts, *, json: bool) -> None:
    from annotations.store.member_checks import all_member_checks
    from service.results.check_words import check_json

    with parts.store.reading() as connection:
        checks = all_member_checks(connection)
    label = parts.codebook.label
    plain = [check_json(check, words=True, label=label) for check in checks]
    if json:
        as_json({"member_checks": plain})
        return
    if not plain:
        say(
            "No answers are recorded yet. Write a summary: tandem report --for PARTICIPANT --out FILE.docx",
            "Methods and results: tandem report --out FILE.docx",
        )
        return
    rows = [
        (
            check.owner,
            check.answered_by,
            check.answer,
            it["date"],
            it["code"] or "all of it",
            check.words or "–",
            check.by,
        )
        for check, it in zip(checks, plain, strict=True)
    ]
    table("Answers", ("summary of", "answered by", "answer", "date", "about", "what", "recorded by"), rows)
