"""Where the command begins: whoever stops it while it still loads its modules sees no traceback."""

from __future__ import annotations

from service.process.stopped_loading import end_quietly_while_loading


def main() -> None:
    """Load the command line and run a command, with its exit status."""
    end_quietly_while_loading()
    from service.cli.main import main as run

    run()
