"""tandem doubts: memos and questions of the team, with their answers, as on the doubts page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.noted import in_whose_name
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from service.composition import Parts
    from service.doubts.seen import SeenDoubt

app = typer.Typer(
    help="Memos and questions to a passage, a code, a case or the study: list, write, answer.",
    no_args_is_help=True,
)
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who writes.")]
_SHORT = 8


@app.command("list")
def list_doubts(
    only_open: Annotated[
        bool, typer.Option("--open", help="Only questions that no answer has settled.")
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """List memos and questions, newest first."""
    from service.access.viewer import Viewer, ViewerRole
    from service.composition import open_parts
    from service.doubts.seen import doubts_seen

    with open_parts(chosen(study)) as parts:
        doubts = doubts_seen(parts, Viewer(account=None, name="", role=ViewerRole.LEAD))
    doubts = tuple(seen for seen in doubts if seen.doubt.open or not only_open)
    if json:
        as_json({"doubts": [_plain(seen) for seen in doubts]})
        return
    if not doubts:
        say("Nobody has noted or asked anything." if not only_open else "No question is open.")
        return
    rows = [
        (str(seen.id)[:_SHORT], seen.state, seen.place, seen.doubt.author, seen.doubt.text) for seen in doubts
    ]
    table("", ("id", "state", "about", "by", "text"), rows)


@app.command("note")
def note(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to note or to ask.")],
    by: ByOption = "",
    transcript: Annotated[str, typer.Option(metavar="ID", help="About a turn of this transcript.")] = "",
    turn: Annotated[str, typer.Option(metavar="N", help="The turn, counted from 1.")] = "",
    code: Annotated[str, typer.Option(metavar="CODE", help="About this code.")] = "",
    case: Annotated[str, typer.Option(metavar="CASE", help="About this case.")] = "",
    memo: Annotated[bool, typer.Option("--memo", help="A memo that asks nothing.")] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Write a question, or a memo; about the study as a whole unless you say otherwise."""
    from annotations.errors import BadInput
    from annotations.store.transcripts import get_transcript
    from service.composition import open_parts
    from service.doubts.write import note_on_case, note_on_code, note_on_passage, note_on_study

    if sum(map(bool, (transcript, code, case))) > 1:
        raise BadInput(
            "a memo or question is about one thing: give --transcript, --code or --case, or none of them."
        )
    asks = not memo
    with open_parts(chosen(study)) as parts:
        viewer = _lead(parts, by)
        if transcript:
            with parts.store.reading() as connection:
                kept = get_transcript(connection, transcript)
            made = note_on_passage(parts, viewer, kept.id, turn, text, is_question=asks)
        elif code:
            made = note_on_code(parts, viewer, code, text, is_question=asks)
        elif case:
            made = note_on_case(parts, viewer, case, text, is_question=asks)
        else:
            made = note_on_study(parts, viewer, text, is_question=asks)
    if json:
        as_json({"doubt": str(made)})
        return
    say(f"Kept as {str(made)[:_SHORT]}.")


@app.command("answer")
def answer_doubt(
    doubt: Annotated[str, typer.Argument(metavar="ID", help="The beginning of its id is enough.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The answer.")],
    by: ByOption = "",
    settles: Annotated[
        bool, typer.Option("--settles", help="The team goes by this answer from now on.")
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Answer a question."""
    from annotations.errors import BadInput
    from service.composition import open_parts
    from service.doubts.seen import doubts_seen
    from service.doubts.write import answer

    with open_parts(chosen(study)) as parts:
        viewer = _lead(parts, by)
        matching = [seen for seen in doubts_seen(parts, viewer) if str(seen.id).startswith(doubt.casefold())]
        if len(matching) != 1 or not doubt:
            many = "several memos or questions" if matching else "no memo or question"
            raise BadInput(f'the id of {many} begins with "{doubt}". See the ids with "tandem doubts list".')
        made = answer(parts, viewer, matching[0].id, text, settles=settles)
    if json:
        as_json({"doubt": str(matching[0].id), "answer": str(made)})
        return
    say(f"Answered {str(matching[0].id)[:_SHORT]}.")


def _lead(parts: Parts, by: str) -> Any:
    from service.access.policy import Action
    from service.access.viewer import Viewer, ViewerRole
    from service.person_named import person_named

    name = person_named(by, "--by", purpose="Say who writes: it stands beside the words.")
    return Viewer(account=None, name=in_whose_name(parts, name, Action.WRITE_DOUBT), role=ViewerRole.LEAD)


def _plain(seen: SeenDoubt) -> dict[str, Any]:
    doubt = seen.doubt
    return {
        "id": str(seen.id),
        "about": doubt.about,
        "where": seen.place,
        "kind": "question" if doubt.is_question else "memo",
        "state": seen.state,
        "by": doubt.author,
        "created": doubt.created,
        "text": doubt.text,
        "answers": [
            {"by": said.author, "text": said.text, "settles": said.settles, "created": said.created}
            for said in doubt.answers
        ],
    }
