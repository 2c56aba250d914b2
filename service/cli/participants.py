"""tandem participants: attributes of participants and cases in, and what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table, warn

if TYPE_CHECKING:
    from service.importing.participants import ImportedAttributes, KnownPerson, StudyPeople

NAME = "participants"
_SHOWN = 40


def command(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="A .csv, .xlsx or .jsonl table: a column participant or case, and any others. Without a file, what is "
            "kept is shown.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and keep nothing.")
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Keep what you know of participants and cases (role, organisation …), or show what is kept.

    Each column besides participant, case and site is an attribute. An empty cell changes nothing; a cell with "-" takes
    the attribute away.
    """
    from service.audit import Did
    from service.composition import open_parts
    from service.importing.participants import import_attributes, people_of

    with open_parts(chosen(study)) as parts:
        if file is None:
            with parts.store.reading() as connection:
                people = people_of(connection)
            as_json(people.to_json()) if json else _show(people)
            return
        with parts.alone("participants"):
            imported = import_attributes(parts, file, dry_run=dry_run)
            if not dry_run:
                note(parts, Did.IMPORTED, file.name, kind="attributes of participants")
    if json:
        as_json(imported.to_json())
        return
    _tell(imported)


def _tell(imported: ImportedAttributes) -> None:
    from annotations.numbers_shown import counted

    if imported.dry_run:
        say("This is what would change; nothing was kept.", "")
    changes = imported.changes
    rows = [(attribute.owner, attribute.name, "", attribute.value) for attribute in changes.new]
    rows += [
        (attribute.owner, attribute.name, before, attribute.value) for attribute, before in changes.changed
    ]
    rows += [
        (attribute.owner, attribute.name, attribute.value, "(taken away)") for attribute in changes.removed
    ]
    if rows:
        table("", ("of", "attribute", "before", "now"), rows[:_SHOWN])
    if len(rows) > _SHOWN:
        say(f"… and {len(rows) - _SHOWN} more")
    say(
        "",
        f"{counted(imported.rows, 'row')} read: {len(changes.new)} new, {len(changes.changed)} changed, "
        f"{len(changes.removed)} taken away, {changes.unchanged} as before.",
    )
    warn(*imported.notes)
    say("", f"Next: {'the same command without --dry-run' if imported.dry_run else 'tandem participants'}")


def _show(people: StudyPeople) -> None:
    if not people.participants and not people.cases:
        say("Nobody is known yet. Next: tandem import FILES…")
        return
    _table("participant", people.participants, people.names, places=True)
    if any(case.attributes for case in people.cases):
        say("")
        _table("case", people.cases, people.names, places=False)
    if not people.names:
        say("", "No attributes are kept. Give a table: tandem participants FILE.csv (or .xlsx)")


def _table(of: str, known: tuple[KnownPerson, ...], names: tuple[str, ...], *, places: bool) -> None:
    own = [name for name in names if any(name in person.attributes for person in known)]
    head = (of, *(("case", "site", "wave") if places else ()), "transcripts", *own)
    rows = [
        (
            person.name,
            *(
                (person.case or "–", ", ".join(person.sites) or "–", ", ".join(person.waves) or "–")
                if places
                else ()
            ),
            str(person.transcripts),
            *(person.attributes.get(name, "–") for name in own),
        )
        for person in known
    ]
    if rows:
        table("", head, rows)
