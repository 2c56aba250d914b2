"""tandem models: the model versions, and which of them serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.noted import in_whose_name, note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table, warn

if TYPE_CHECKING:
    from annotations.store.model_versions import ModelVersion
    from service.composition import Parts
    from service.looking.model_chain import ListedModel, ModelChain

app = typer.Typer(
    help="The model versions: list them, look at one, put one to serve, go back to the one before.",
    no_args_is_help=True,
)
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides; kept with the decision.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept with the decision.")]
_BY = {"judge set": "judge set", "cross-validation": "folds", None: "nobody"}


@app.command("list")
def list_models(study: StudyOption = None, json: JsonOption = False) -> None:
    """List every version, with what it was measured to be worth and what became of it."""
    from service.composition import open_parts
    from service.looking.model_chain import listed_models

    with open_parts(chosen(study)) as parts, parts.store.reading() as connection:
        rows = listed_models(connection)
    if json:
        as_json({"models": [row.to_json() for row in rows]})
        return
    if not rows:
        say('No model has been trained yet. Run "tandem train".')
        return
    table(
        "",
        ("version", "serves", "made", "verdict", "judged by", "reviews", "codes", "F1", "kappa"),
        [
            (
                row.version,
                _stands(row),
                row.created[:10],
                row.verdict,
                _BY[row.measured_on],
                row.reviews,
                row.codes,
                _figure(row.f1),
                _figure(row.kappa),
            )
            for row in rows
        ],
        numbers=4,
    )
    if any(row.f1 is None or row.kappa is None for row in rows):
        say("– under F1 or kappa: not measured; tandem models show VERSION says why.")
    if any(row.erased for row in rows):
        say(
            "", "Erased: it had learnt from somebody who withdrew, so its files are gone and it cannot serve."
        )
    say("", "Why one was promoted or not: tandem models show VERSION")


@app.command("show")
def show_model(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Such as v3.")],
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Show what a version was made of, what the rule said of it, and when it served."""
    from annotations.store.model_versions import get_model
    from service.composition import open_parts
    from service.looking.model_chain import model_chain

    with open_parts(chosen(study)) as parts, parts.store.reading() as connection:
        chain = model_chain(parts, connection, get_model(connection, version))
    if json:
        as_json(chain.to_json())
        return
    show_chain(chain)


@app.command("promote")
def promote_model(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Such as v3.")],
    by: ByOption,
    reason: ReasonOption,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Let a version serve, whatever the rule said of it."""
    from service.access.policy import Action
    from service.audit import Did
    from service.composition import open_parts
    from service.serving.promote_by_hand import promote_by_hand

    with open_parts(chosen(study)) as parts, parts.alone("models promote"):
        by = in_whose_name(parts, by, Action.CHANGE_MODELS)
        model = promote_by_hand(parts, version, by=by, reason=reason)
        note(parts, Did.PROMOTED, model.version, by=by, how="promote")
        _tell(parts, model, by, json=json)


@app.command("rollback")
def rollback_model(
    by: ByOption, reason: ReasonOption, study: StudyOption = None, json: JsonOption = False
) -> None:
    """Let the version serve that served before."""
    from service.access.policy import Action
    from service.audit import Did
    from service.composition import open_parts
    from service.serving.promote_by_hand import roll_back

    with open_parts(chosen(study)) as parts, parts.alone("models rollback"):
        by = in_whose_name(parts, by, Action.CHANGE_MODELS)
        model = roll_back(parts, by=by, reason=reason)
        note(parts, Did.PROMOTED, model.version, by=by, how="rollback")
        _tell(parts, model, by, json=json)


def show_chain(chain: ModelChain) -> None:
    """Print a version with all that it was made of."""
    overall = chain.overall
    rows = [
        (
            "version",
            f"{chain.version} ({chain.kind}), made {(chain.created or '')[:16].replace('T', ' ')} UTC",
        ),
        ("rule of promotion", f"{chain.verdict}: {chain.reason}" if chain.verdict else None),
        ("measured on", chain.measured_on or _not_measured(chain)),
        ("F1, kappa", _f1_and_kappa(overall)),
        ("what served then", chain.parent or "nothing: it is the first that served"),
        ("MLflow run", chain.run_id or "not there yet; it is tried again"),
        ("reviews", f"{chain.reviews}, hash {chain.reviews_hash[:16]}…"),
        ("codebook version", chain.codebook_version),
        ("segmentation version", chain.segmentation),
        ("encoder", chain.embedder),
        ("recipe", chain.recipe),
        ("files", _files(chain)),
    ]
    table("", ("", ""), rows)
    for spell in chain.served:
        who = f" by {spell.by}" if spell.by else ""
        say(f"Put to serve {spell.since[:16].replace('T', ' ')} UTC ({spell.how}{who}): {spell.why}")


def _not_measured(chain: ModelChain) -> str:
    more = "" if chain.kind == "cold start" else " (tandem evaluate says more)"
    return f"nothing: {chain.why_not_measured}{more}"


def _f1_and_kappa(overall: Mapping[str, Any]) -> str:
    f1, kappa = overall["micro_f1"], overall["kappa"]
    if f1 is None and kappa is None:
        return "none: it was not measured"
    missing = "none: no code has 5 positives by either side"
    return f"{missing if f1 is None else _figure(f1)}, {missing if kappa is None else _figure(kappa)}"


def _files(chain: ModelChain) -> str:
    if chain.erased:
        return "erased: it had learnt from somebody who withdrew"
    return f"{chain.files}, hash {chain.sha256[:16]}…"


def _stands(row: ListedModel) -> str:
    if row.erased:
        return "erased"
    return "yes" if row.serves else "before" if row.served else "no"


def _tell(parts: Parts, model: ModelVersion, by: str, *, json: bool) -> None:
    from annotations.store.put_to_serve import renewal_waits
    from service.looking.next_command import next_command
    from service.looking.wave_progress import progress_of
    from service.serving.train_and_evaluate import catch_up

    failed = catch_up(parts)
    with parts.store.reading() as connection:
        waits = renewal_waits(connection)
    if json:
        as_json({"model_version": model.version, "by": by, "renewal_waits": waits, "mlflow": failed or "ok"})
        return
    say(f"{model.version} serves now; {by} decided it.")
    if failed:
        warn(f"MLflow will say so later: {failed}")
    say(f"Next: {next_command(progress_of(parts))}")


def _figure(value: float | None) -> str:
    from annotations.numbers_shown import number

    return number(value)
