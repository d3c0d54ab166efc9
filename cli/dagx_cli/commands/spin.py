"""`dagx spin`: one step in the foreground, again and again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated

import typer

from dagx.errors import DagxError
from dagx_cli.console import Console
from dagx_cli.failures import refusal_lines
from dagx_cli.options import Ascii, Asset, Config, Json, Partition, ProjectPath, Python
from dagx_cli.render.as_json import json_text
from dagx_cli.render.numbers import clock, listed
from dagx_cli.render.spin import spin_lines
from dagx_cli.render.text import one_line
from dagx_cli.signals import stopped_by_signals
from dagx_engine import api
from dagx_engine.views.spinning import SpinView

_STDERR = 2


def spin(
    asset: Asset,
    project: ProjectPath = None,
    python: Python = None,
    partition: Partition = None,
    debug: Annotated[bool, typer.Option("--pdb", help="Open the debugger where it fails.")] = False,
    once: Annotated[
        bool, typer.Option("--once", help="Do not wait for saves: end with its exit code.")
    ] = False,
    config: Config = None,
    as_json: Json = False,
    ascii_only: Ascii = False,
) -> int:
    """Execute one step here, again after each save.

    The step of the asset is executed at this terminal, on the stored values of what it needs, so `breakpoint()` works.
    Nothing that it returns is stored; files that its code writes are written. ^C ends it.

    \b
    Examples:
      dagx spin report           until ^C
      dagx spin report --pdb     the debugger, where it fails
      dagx spin report --once    one time
      dagx run report+           then: make it, and what rests on it
    """
    console = Console.of_process(ascii_only=ascii_only)
    errors = Console.of_errors()

    def show(view: SpinView) -> None:
        if as_json:
            console.write(json_text(view) + "\n")
            return
        console.show(spin_lines(view, console.look, told=debug))
        if not once:
            stamp = clock(time.time())
            console.show([console.look.paint(f"{stamp}  waiting for a save of what it uses; ^C ends", "dim")])

    def tell(error: DagxError) -> None:
        errors.show(refusal_lines(error, errors.look))

    def pass_over(names: Sequence[str]) -> None:
        if not as_json:
            said = f"{clock(time.time())}  saved {listed([one_line(name) for name in names])}: it uses nothing of that"
            console.show([console.look.paint(said, "dim")])

    with (
        api.open_project(project, python=python, config=config) as opened,
        stopped_by_signals() as interruption,
    ):
        try:
            view = api.spin(
                opened,
                asset,
                asked=None if partition is None else api.Asked(partition, partition),
                debug=debug,
                once=once,
                output=_STDERR if as_json else 1,
                on_spun=show,
                on_problem=tell,
                on_other=pass_over,
            )
        except KeyboardInterrupt:
            return interruption.exit_code
    return 0 if view.ok else 1
