"""tandem people: who works in the study, and with which rights; the same as the page People."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from service.accounts.people import AccountShown, Invited
    from service.composition import Parts

app = typer.Typer(help="Who works in the study: accounts, roles, sites.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="As the list shows it, in any case.")]
RoleOption = Annotated[str, typer.Option("--role", metavar="ROLE", help="lead, coder or reader.")]
SiteOption = Annotated[
    list[str] | None,
    typer.Option(
        "--site",
        metavar="SITE",
        help='Only transcripts that this site may see; several: repeat it. "all": every site.',
    ),
]
TextOption = Annotated[
    bool, typer.Option("--text/--no-text", help="May a reader read what participants said?")
]


@app.command("list")
def list_people(study: StudyOption = None, json: JsonOption = False) -> None:
    """Everybody who has an account: rights, where signed in, what waits."""
    from service.accounts.people import everybody
    from service.composition import open_parts

    with open_parts(chosen(study)) as parts:
        people = everybody(parts.store)
    if json:
        as_json({"people": [_plain(person) for person in people]})
        return
    if not people:
        say('Nobody has an account yet. The first lead: tandem people first "NAME"')
        return
    rows = [
        (
            person.account.name,
            person.rights.said(),
            f"{person.last_seen:%Y-%m-%d %H:%M} UTC" if person.last_seen else None,
            person.account.email or None,
            _password(person),
            person.signed_in,
            person.tokens,
        )
        for person in people
    ]
    table("", ("name", "may", "last seen", "e-mail", "password", "signed in", "tokens"), rows, numbers=2)


@app.command()
def first(name: NameArgument, study: StudyOption = None, json: JsonOption = False) -> None:
    """Make the first account, of a lead; prints the link by which she chooses a password."""
    from service.accounts.people import first_account, new_link
    from service.audit import this_machines_user
    from service.composition import open_parts
    from service.web.server import key_of

    with open_parts(chosen(study)) as parts:
        made = first_account(parts.store, name)
        new = new_link(parts.store, key_of(parts), made.id, by=this_machines_user())
        _tell(parts, new, json=json)


@app.command()
def invite(
    name: NameArgument,
    role: RoleOption = "coder",
    site: SiteOption = None,
    text: TextOption = False,
    email: Annotated[
        str, typer.Option(help="By which Label Studio knows them; no mail is sent. Else study.yaml's.")
    ] = "",
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Make an account, and print the link by which its password is chosen, once, within a week."""
    from service.accounts.people import Rights, invite, role_said, sites_said
    from service.audit import this_machines_user
    from service.composition import open_parts
    from service.web.server import key_of

    rights = Rights(role_said(role), sites_said(site or ()), sees_text=text)
    with open_parts(chosen(study)) as parts:
        by, config = this_machines_user(), parts.study.config
        invited = invite(parts.store, key_of(parts), name, rights, by=by, config=config, email=email)
        _tell(parts, invited, json=json)


@app.command()
def link(name: NameArgument, study: StudyOption = None, json: JsonOption = False) -> None:
    """Print a new link, for whoever has lost the first or forgotten the password."""
    from service.accounts.people import new_link, person
    from service.audit import this_machines_user
    from service.composition import open_parts
    from service.web.server import key_of

    with open_parts(chosen(study)) as parts:
        account = person(parts.store, name)
        new = new_link(parts.store, key_of(parts), account.id, by=this_machines_user())
        _tell(parts, new, json=json)


@app.command()
def rights(
    name: NameArgument,
    role: Annotated[str | None, typer.Option(metavar="ROLE", help="lead, coder or reader.")] = None,
    site: SiteOption = None,
    text: Annotated[bool | None, typer.Option("--text/--no-text", help="May a reader read words?")] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Give somebody another role, other sites; what is not named stays. It holds at once."""
    from annotations.errors import BadInput
    from service.accounts.people import Rights, change_rights, person, rights_of, role_said, sites_said
    from service.audit import this_machines_user
    from service.composition import open_parts

    if role is None and not site and text is None:
        raise BadInput(
            "say what shall be otherwise: --role, --site, --text or --no-text. Nothing was changed."
        )
    with open_parts(chosen(study)) as parts:
        account = person(parts.store, name)
        had = rights_of(account)
        wanted = Rights(
            role_said(role) if role is not None else had.role,
            sites_said(site) if site else had.sites,
            had.sees_text if text is None else text,
        )
        config = parts.study.config
        before, now = change_rights(parts.store, account.id, wanted, config, by=this_machines_user())
    if json:
        as_json({"name": account.name, "before": before.said(), "now": now.said()})
        return
    say(f"{account.name} was {before.said()}, and is {now.said()} now.")


@app.command("label-studio")
def label_studio(
    name: NameArgument,
    email: Annotated[str, typer.Option(help="The address by which Label Studio shall know them.")] = "",
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Make somebody's user in Label Studio, tied to the account by its e-mail address."""
    from service.accounts.label_studio_users import make_label_studio_user
    from service.accounts.people import change_email, person
    from service.audit import this_machines_user
    from service.composition import open_parts
    from service.label_studio.connect import label_studio_of

    with open_parts(chosen(study)) as parts, label_studio_of(parts) as server:
        account, by = person(parts.store, name), this_machines_user()
        if email:
            account = change_email(parts.store, account.id, email, by=by)
        made = make_label_studio_user(parts, server, account, by=by)
    if json:
        as_json({"name": account.name, "url": made.url, "email": made.email, "password": made.password})
        return
    say(
        f"{account.name} has a user in Label Studio at {made.url}. Give them, by a way that only they read:",
        f"  {made.email}",
        f"  {made.password}",
        "The password is shown this once; they can change it there. Whoever can enter Label Studio sees every project.",
    )


@app.command("sign-out")
def sign_out(name: NameArgument, study: StudyOption = None, json: JsonOption = False) -> None:
    """End somebody's sessions, wherever they are signed in."""
    from service.accounts.people import person, sign_out_person
    from service.audit import this_machines_user
    from service.composition import open_parts

    with open_parts(chosen(study)) as parts:
        account = person(parts.store, name)
        ended = sign_out_person(parts.store, account.id, by=this_machines_user())
    if json:
        as_json({"name": account.name, "sessions": ended})
        return
    say(f"{account.name} is signed out ({ended} {'session' if ended == 1 else 'sessions'}).")


@app.command()
def remove(name: NameArgument, study: StudyOption = None, json: JsonOption = False) -> None:
    """Close an account; what the person coded and decided stays."""
    from service.accounts.people import close, person
    from service.audit import this_machines_user
    from service.composition import open_parts

    with open_parts(chosen(study)) as parts:
        closed = close(parts.store, person(parts.store, name).id, by=this_machines_user())
    if json:
        as_json({"name": closed.name, "closed": True})
        return
    say(
        f"The account of {closed.name} is closed: sessions and tokens let nobody in any more. What they coded stays.",
        "If they have a user in Label Studio, remove it there: its free edition gives programs no way to.",
    )


@app.command("new-key")
def new_key(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Make a new study key: everybody is signed out, and tokens, invitations and links in Label Studio end."""
    from service.access.keys import renew_key
    from service.audit import Did, noted, this_machines_user
    from service.composition import open_parts

    if not yes:
        typer.confirm(
            "Everybody is signed out; tokens, open invitations and the links in Label Studio open nothing until the next "
            "push. Go on?",
            abort=True,
        )
    with open_parts(chosen(study)) as parts:
        renew_key(parts.settings, parts.study.folder)
        noted(parts.store, this_machines_user(), Did.NEW_KEY)
    if json:
        as_json({"new_key": True})
        return
    say(
        'The study has a new key. Stop "tandem serve" and start it again: until then the old one holds.',
        "Next: tandem push, so that Label Studio has its new keys and links; programs need new tokens.",
    )


def _tell(parts: Parts, invited: Invited, *, json: bool) -> None:
    from service.access.service_address import public_address

    whole = f"{public_address(parts)}{invited.path}"
    if json:
        expires = invited.expires.isoformat()
        as_json({"name": invited.account.name, "link": whole, "path": invited.path, "expires": expires})
        return
    say(
        f"Give {invited.account.name} this link, by a way that only they read. Whoever opens it first chooses the password:",
        f"  {whole}",
        f"It opens once, until {invited.expires:%Y-%m-%d}. If the service is reached by another address, put that before",
        f"  {invited.path}",
    )


def _plain(person: AccountShown) -> dict[str, Any]:
    sites = None if person.rights.sites is None else sorted(person.rights.sites)
    return {
        "name": person.account.name,
        "email": person.account.email,
        "role": person.rights.role,
        "sites": sites,
        "sees_text": person.rights.sees_text,
        "password": person.account.password is not None,
        "invited_until": person.waits and person.waits.isoformat(),
        "signed_in": person.signed_in,
        "last_seen": person.last_seen and person.last_seen.isoformat(),
        "tokens": person.tokens,
    }


def _password(person: AccountShown) -> str:
    if person.waits:
        return f"a link waits until {person.waits:%Y-%m-%d}"
    return "chosen" if person.account.password else "none"
