"""The command line: the list of commands, and how what goes wrong is said."""

from __future__ import annotations

import gc
import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from annotations.disk_faults import disk_fault_of, refuses
from annotations.errors import TandemError, said_of
from service.cli.options import StudyOption, chosen, remember_study
from service.process.stopped_loading import INTERRUPTED, STOPPED, loaded

app = typer.Typer(
    name="tandem",
    help="Learns from the interviews that your team has coded, and proposes codes for the next ones. You decide.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# when Python looks for garbage in circles: every 700 new objects is made for small programs, and takes a sixth of the time
# in which a command loads its libraries
SELDOM = (50_000, 20, 20)


def _say_version(wanted: bool) -> None:
    if wanted:
        # imported here: it takes a while to load, and no other command needs it
        from importlib.metadata import version

        sys.stdout.write(f"{version('tandem-coding')}\n")
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option("--version", help="Print the version and stop.", callback=_say_version, is_eager=True),
]


@app.callback()
def _everywhere(study: StudyOption = None, version: VersionOption = False) -> None:  # noqa: ARG001 (its callback acts)
    remember_study(study)


def add_commands() -> None:
    """Hang every command on the app, in the order of the work."""
    from service.cli import (
        agreement,
        audit,
        backup,
        change,
        codebook,
        consensus,
        demo,
        disagreements,
        doctor,
        doubts,
        evaluate,
        export,
        history,
        import_codings,
        import_project,
        import_transcripts,
        init,
        jobs,
        label_studio,
        matrix,
        models,
        participants,
        patterns,
        people,
        precode,
        pull,
        push,
        ratings,
        report,
        restore,
        saturation,
        serve,
        settle,
        show,
        status,
        suggestions,
        timeline,
        trace,
        train,
        triangulation,
        trust,
        withdraw,
        worker,
    )

    for module in (
        init,
        import_transcripts,
        import_codings,
        import_project,
        participants,
        train,
        evaluate,
        precode,
        suggestions,
        push,
        pull,
        settle,
    ):
        app.command(module.NAME, rich_help_panel="The work")(module.command)
    for module in (agreement, disagreements, consensus):
        app.command(module.NAME, rich_help_panel="How far we agree")(module.command)
    for module in (matrix, ratings, timeline, patterns, saturation, triangulation, change, report):
        app.command(module.NAME, rich_help_panel="Results")(module.command)
    for module in (status, show, history, trace, export, doctor):
        app.command(module.NAME, rich_help_panel="Looking")(module.command)
    app.add_typer(models.app, name="models", rich_help_panel="Looking")
    app.add_typer(jobs.app, name="jobs", rich_help_panel="Looking")
    app.add_typer(doubts.app, name="doubts", rich_help_panel="The work")
    app.add_typer(codebook.app, name="codebook", rich_help_panel="Looking")
    app.add_typer(label_studio.app, name="label-studio", rich_help_panel="Servers")
    app.add_typer(people.app, name="people", rich_help_panel="Looking after the data")
    for module in (export, backup, restore, withdraw, audit, trust):
        app.command(module.NAME, rich_help_panel="Looking after the data")(module.command)
    for module in (serve, worker, demo):
        app.command(module.NAME, rich_help_panel="Servers")(module.command)


def main() -> None:
    """Run a command; exit status 0 done, 1 failed, 2 wrong usage or bad input, 130 stopped by Ctrl+C."""
    gc.set_threshold(*SELDOM)
    # files may hold participants' words: their owner alone reads what this process and its children make
    os.umask(0o077)
    try:
        from service.process.log_lines import keep_words_out

        keep_words_out()
        _take_any_sign()
        if not app.registered_commands:
            add_commands()
        loaded()
        app()
    except TandemError as error:
        _say(str(error))
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        _say(STOPPED, "")
        sys.exit(INTERRUPTED)
    except SystemExit as ended:
        # Typer makes this of Ctrl+C, and says nothing
        if ended.code == INTERRUPTED:
            _say(STOPPED, "")
        raise
    except BrokenPipeError:
        # whoever read our output has seen enough
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001
        # the last place where it can become a sentence; what it says itself may quote what was being read
        _say(_output_fault(error) or str(disk_fault_of(error, *_written_places()) or _unforeseen(error)))
        sys.exit(1)


def _take_any_sign() -> None:
    """A sign that an output of an older encoding does not have becomes a question mark, and stops nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _output_fault(error: Exception) -> str:
    """What to say if the output was what could not be written, as behind ">" on a full stick; "" if it was not.

    Python names no file then. Every other place that a command writes to takes something still.
    """
    import errno

    unnamed = (
        isinstance(error, OSError) and error.filename is None and error.errno in (errno.ENOSPC, errno.EDQUOT)
    )
    if not unnamed or sys.stdout.isatty() or any(map(refuses, _written_places())):
        return ""
    return (
        'there is no room where the output of this command goes, such as the file after ">". Make room there or let it '
        "go elsewhere, and run the same command again. What was finished is kept, and the study is not damaged."
    )


def _written_places() -> list[Path]:
    """Where a command may have been writing, for an error that does not say: the study, here, and temporary files."""
    import tempfile

    study = chosen(None)
    return [*([study] if study else []), Path.cwd(), Path(tempfile.gettempdir())]


def _unforeseen(error: Exception) -> str:
    return (
        f"{said_of(error)}. What was finished is kept. Run tandem doctor; if it finds nothing, report this line, which "
        f"holds nothing of your data."
    )


def _say(sentence: str, before: str = "[bold red]error:[/] ") -> None:
    from rich.console import Console

    Console(stderr=True, soft_wrap=True, highlight=False).print(f"{before}{_plain(sentence)}")


def _plain(sentence: str) -> str:
    from rich.markup import escape

    from service.cli.output import shown

    return escape(shown(sentence))


if __name__ == "__main__":  # as "tandem serve" starts its worker
    main()
