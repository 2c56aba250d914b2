"""tandem codebook: what the codes mean, to read, to print and to check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotations.numbers_shown import counted
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table, warn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annotations.codebook.check import CodebookFault
    from annotations.codebook.codes import Codebook
    from annotations.codebook.layout import Entry, Layout

app = typer.Typer(help="Read, print and check codebooks.", no_args_is_help=True)
WhichArgument = Annotated[
    str | None,
    typer.Argument(metavar="[NAME|FILE]", help="A shipped codebook or a file (else the study's own)."),
]


@app.command("list")
def list_them(json: JsonOption = False) -> None:
    """The codebooks that come with Tandem."""
    from annotations.codebook.files import shipped_codebook, shipped_codebooks

    codebooks = [(name, shipped_codebook(name)) for name in shipped_codebooks()]
    if json:
        as_json({"codebooks": [_summary(name, codebook) for name, codebook in codebooks]})
        return
    rows = [
        (name, _frameworks(codebook), len(codebook.applicable), codebook.complete)
        for name, codebook in codebooks
    ]
    table("", ("name", "holds", "codes", "with use rules and examples"), rows, numbers=2)
    say(
        "",
        "Read one:   tandem codebook show cfir-2022",
        "Start one:  tandem init mystudy --codebook cfir-2022",
        "2009 → 2022: tandem codebook crosswalk",
    )


@app.command()
def show(
    which: WhichArgument = None,
    code: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this code and those below it.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it as one web page instead.")
    ] = None,
    docx: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it as a Word file instead.")
    ] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Show a codebook: what each code means, when to use it, and what CFIR and DOI call it."""
    from annotations.codebook.layout import lay_out, to_json

    codebook = _codebook(which, study)
    layout = lay_out(codebook, None if code is None else codebook.find(code).id)
    written = _write(layout, html, docx)
    if json:
        as_json({**to_json(layout), "written": [str(file) for file in written]})
    elif written:
        for file in written:
            say(f"{codebook.name}: {counted(len(codebook.applicable), 'code')} written to {file}")
    else:
        _print(layout)


@app.command()
def check(which: WhichArgument = None, study: StudyOption = None, json: JsonOption = False) -> None:
    """Say what is missing or suspicious in a codebook, and how it fits what has been coded."""
    from annotations.codebook.check import check_codebook

    codebook = _codebook(which, study)
    used = _used(which, study)
    findings = check_codebook(codebook, used)
    wrong = [finding for finding in findings if finding.kind == "wrong"]
    if json:
        as_json(
            {
                "codebook": codebook.name,
                "version": codebook.version,
                "codes": len(codebook.applicable),
                "codings": None if used is None else sum(used.values()),
                "findings": [finding.to_json() for finding in findings],
            }
        )
    else:
        _print_findings(codebook, used, findings)
    if wrong:
        raise typer.Exit(1)


@app.command()
def crosswalk(json: JsonOption = False) -> None:
    """Where each construct of CFIR 2009 went in CFIR 2022, and how far each row can be relied on."""
    from annotations.codebook.crosswalk import STATUSES, shipped_crosswalk

    table_of_steps = shipped_crosswalk()
    if json:
        as_json({"statuses": STATUSES, "rows": [row.to_json() for row in table_of_steps.rows]})
        return
    rows = [
        (
            row.old.name if row.old else "–",
            " › ".join(row.new.path.split("/")[1:]) if row.new else "–",
            row.relation,
            row.status,
            row.note,
        )
        for row in table_of_steps.rows
    ]
    table("", ("CFIR 2009", "CFIR 2022", "how", "status", "note"), rows)
    say("", *(f"{status}: {meaning}." for status, meaning in STATUSES.items()))


def _codebook(which: str | None, study: Path | None) -> Codebook:
    if which is not None:
        from service.new_study import codebook_said

        codebook_read = codebook_said(which)
        warn(*codebook_read.notes)
        return codebook_read.codebook
    from service.composition import open_parts

    with open_parts(chosen(study)) as parts:
        return parts.codebook


def _used(which: str | None, study: Path | None) -> Mapping[str, int] | None:
    """How often each code was used: of the study's own codebook, or where ``--study`` names a study."""
    if which is not None and chosen(study) is None:
        return None
    from annotations.store.code_counts import count_codings
    from service.composition import open_parts

    with open_parts(chosen(study)) as parts, parts.store.reading() as connection:
        return count_codings(connection)


def _write(layout: Layout, html: Path | None, docx: Path | None) -> list[Path]:
    from service.exported_file import whole

    written = []
    if html is not None:
        from annotations.codebook.html_page import codebook_page

        whole(html, codebook_page(layout).encode())
        written.append(html)
    if docx is not None:
        from annotations.codebook.word_file import codebook_document

        whole(docx, codebook_document(layout))
        written.append(docx)
    return written


def _print(layout: Layout) -> None:
    from rich.console import Console

    codebook = layout.codebook
    # wrapped at what can be read with ease, or at the terminal's width if that is less
    out = Console(highlight=False)
    out.width = min(out.width, 100)
    out.print(f"[bold]{_plain(codebook.name)}[/]  [dim]version {codebook.version}[/]")
    if codebook.description:
        out.print(_plain(codebook.description))
    for section in layout.sections:
        choice = "one applies" if section.framework.select == "one" else "several may apply"
        out.print()
        name = _plain(section.framework.name)
        out.rule(f"[bold]{name}[/] · {counted(section.applicable, 'code')} · {choice}", align="left")
        if section.framework.description:
            out.print(f"[dim]{_plain(section.framework.description)}[/]")
        for entry in section.entries:
            _print_entry(out, entry)
    if layout.crosswalk:
        say("", "Where each construct of CFIR 2009 went in 2022: tandem codebook crosswalk")


def _print_entry(out: Any, entry: Entry) -> None:
    from rich.padding import Padding

    above = f"[dim]{_plain(entry.above)} › [/]" if entry.level else ""
    heading = "" if entry.code.applicable else "  [dim](heading, not applied)[/]"
    out.print()
    out.print(f"{above}[bold]{_plain(entry.code.name)}[/]{heading}  [dim]{_plain(entry.code.id)}[/]")
    for title, words in entry.texts:
        words = f"“{words}”" if title == "Example" else words
        out.print(Padding(f"[cyan]{title}:[/] {_plain(words)}", (0, 0, 0, 2)))
    for other in entry.counterparts:
        out.print(Padding(f"[dim]{_plain(str(other))}[/]", (0, 0, 0, 2)))


def _print_findings(
    codebook: Codebook, used: Mapping[str, int] | None, findings: tuple[CodebookFault, ...]
) -> None:
    looked = (
        "no codings were looked at" if used is None else f"{counted(sum(used.values()), 'coding')} looked at"
    )
    say(f"{codebook.name}: {counted(len(codebook.applicable), 'code')}, {looked}.")
    for finding in findings:
        say("", f"{finding.kind.upper()}  {finding.what}.")
        if finding.codes and len(finding.codes) < len(codebook.applicable):
            shown = "; ".join(finding.codes[:12])
            more = len(finding.codes) - 12
            say(f"  {shown}" + (f"; and {more} more (--json lists all)" if more > 0 else ""))
        say(f"  {finding.remedy}")
    if not findings:
        say("Nothing is missing, and nothing looks suspicious.")


def _summary(name: str, codebook: Codebook) -> dict[str, Any]:
    return {
        "name": name,
        "title": codebook.name,
        "version": codebook.version,
        "codes": len(codebook.applicable),
        "with_rules_and_examples": codebook.complete,
        "frameworks": {
            framework.name: sum(code.applicable for code in codebook.of_framework(framework.id))
            for framework in codebook.frameworks
        },
    }


def _frameworks(codebook: Codebook) -> str:
    return ", ".join(f.name for f in codebook.frameworks if codebook.of_framework(f.id))


def _plain(words: str) -> str:
    from rich.markup import escape

    return escape(words)
