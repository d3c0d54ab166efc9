"""The commands put together."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Annotated

import typer
from typer._click import Command
from typer._click.exceptions import (
    ClickException,
    UsageError,
)  # typer does not export them; its version is pinned

from dagx.version import __version__
from dagx_cli.console import Console
from dagx_cli.door import INTERRUPTED, explained
from dagx_cli.failures import misuse_lines
from dagx_cli.options import Ascii, Json, ProjectPath, Python

__all__ = ["command_for", "invoke", "whole_app"]

_COMMANDS = (
    "init",
    "dev",
    "run",
    "materialize",
    "plan",
    "status",
    "ls",
    "show",
    "why",
    "diff",
    "lineage",
    "runs",
    "cancel",
    "logs",
    "stats",
    "accept",
    "audit",
    "spin",
    "gc",
    "doctor",
)
"""In the order of the help. Each is a function in a module, both of its name."""


def whole_app() -> typer.Typer:
    """All commands, and `version`."""
    return _put_together(_COMMANDS)


def command_for(args: list[str]) -> Command:
    """What can carry out this command line. It is all commands, unless the line begins with the name of one."""
    asked = [name for name in _COMMANDS if name in args[:1]]
    return typer.main.get_command(_put_together(asked or _COMMANDS))


def invoke(args: list[str], command: Command) -> int:
    """Run one command line and return its exit code; what goes wrong is explained on stderr."""
    return explained(lambda: _invoked(args, command))


def _invoked(args: list[str], command: Command) -> object:
    try:
        with command.make_context("dagx", args or ["--help"]) as context:
            return command.invoke(context)
    except typer.Abort:
        return INTERRUPTED
    except typer.Exit as end:
        return end.exit_code
    except ClickException as error:
        path = error.ctx.command_path if isinstance(error, UsageError) and error.ctx else "dagx"
        errors = Console.of_errors()
        errors.show(misuse_lines(error.format_message(), path, errors.look))
        return error.exit_code


def _print_version(asked: bool) -> None:
    if asked:
        print(f"dagx {__version__}")
        raise typer.Exit


def _dagx(
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


def _version(as_json: Json = False, ascii_only: Ascii = False) -> None:
    """Print the version."""
    Console.of_process().answer({"version": __version__}, as_json, lambda look: [f"dagx {__version__}"])


def _put_together(commands: Iterable[str]) -> typer.Typer:
    app = typer.Typer(
        name="dagx",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_dagx)
    for name in commands:
        of = {"materialize": "run"}.get(name, name)
        function = getattr(importlib.import_module(f"dagx_cli.commands.{of}"), of)
        help_text = f"Another name for {of}." if name != of else None
        settings = {"ignore_unknown_options": True} if name == "diff" else None
        app.command(name, help=help_text, context_settings=settings)(function)
    app.command("version")(_version)
    return app
