"""The commands put together; the one place where an exception becomes lines on stderr and an exit code."""

from __future__ import annotations

import contextlib
import sys
from typing import Annotated

import typer
from typer._click.exceptions import (
    ClickException,
    UsageError,
)  # typer does not export them; its version is pinned

from dagx.errors import DagxError
from dagx.version import __version__
from dagx_cli.commands.accept import accept
from dagx_cli.commands.audit import audit
from dagx_cli.commands.dev import dev
from dagx_cli.commands.diff import diff
from dagx_cli.commands.doctor import doctor
from dagx_cli.commands.gc import gc
from dagx_cli.commands.init import init
from dagx_cli.commands.lineage import lineage
from dagx_cli.commands.logs import logs
from dagx_cli.commands.ls import ls
from dagx_cli.commands.plan import plan
from dagx_cli.commands.run import run
from dagx_cli.commands.runs import runs
from dagx_cli.commands.show import show
from dagx_cli.commands.stats import stats
from dagx_cli.commands.status import status
from dagx_cli.commands.why import why
from dagx_cli.console import Console
from dagx_cli.failures import BUG, bug_lines, exit_code, misuse_lines, refusal_lines
from dagx_cli.options import Ascii, Json, ProjectPath, Python

__all__ = ["app", "invoke"]

INTERRUPTED = 130

app = typer.Typer(
    name="dagx",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def invoke(args: list[str]) -> int:
    """Run one command line and return its exit code; what goes wrong is explained on stderr."""
    errors = Console.of_errors()
    try:
        command = typer.main.get_command(app)
        with command.make_context("dagx", args or ["--help"]) as context:
            code = command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except ClickException as error:
        path = error.ctx.command_path if isinstance(error, UsageError) and error.ctx else "dagx"
        errors.show(misuse_lines(error.format_message(), path, errors.look))
        return error.exit_code
    except DagxError as error:
        _flush()
        errors.show(refusal_lines(error, errors.look))
        return exit_code(error)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last door: whatever comes here is a bug of ours, and said so
        _flush()
        errors.show(bug_lines(error, errors.look))
        return BUG
    return code if isinstance(code, int) else 0


def _flush() -> None:
    """What was printed before the error is seen before it."""
    with contextlib.suppress(OSError):  # the error is told even when stdout is what is broken
        if sys.stdout is not None:
            sys.stdout.flush()


def _print_version(asked: bool) -> None:
    if asked:
        print(f"dagx {__version__}")
        raise typer.Exit


@app.callback()
def dagx(
    context: typer.Context,
    project: ProjectPath = None,
    python: Python = None,
    ascii_only: Ascii = False,
    version: Annotated[
        bool,
        typer.Option("--version", "-V", is_eager=True, callback=_print_version, help="Print the version."),
    ] = False,
) -> None:
    """Build data assets and keep them fresh, on this machine.

    Start with `dagx dev` in a project folder, or `dagx init` in an empty one.

    \b
    Exit codes: 0 all is well; 1 a step or check failed; 2 usage;
    3 the project does not load; 4 another dagx holds the project;
    130 interrupted; 143 ended by SIGTERM.
    """
    given = {"project": project, "python": python, "ascii_only": ascii_only or None}
    defaults = {name: value for name, value in given.items() if value is not None}
    context.default_map = {str(context.invoked_subcommand): defaults}


app.command()(init)
app.command()(dev)
app.command()(run)
app.command("materialize", help="Another name for run.")(run)
app.command()(plan)
app.command()(status)
app.command()(ls)
app.command()(show)
app.command()(why)
app.command(context_settings={"ignore_unknown_options": True})(diff)
app.command()(lineage)
app.command()(runs)
app.command()(logs)
app.command()(stats)
app.command()(accept)
app.command()(audit)
app.command()(gc)
app.command()(doctor)


@app.command("version")
def version(as_json: Json = False, ascii_only: Ascii = False) -> None:
    """Print the version."""
    Console.of_process().answer({"version": __version__}, as_json, lambda look: [f"dagx {__version__}"])
