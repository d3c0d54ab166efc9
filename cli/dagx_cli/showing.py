"""`dagx status` and `dagx ls`, once it is known what is asked: of some assets, or of everything."""

from __future__ import annotations

import json
import time
from pathlib import Path

from dagx_cli.console import Console
from dagx_cli.render.assets import (
    LsRows,
    StatusRows,
    ls_lines,
    ls_rows,
    ls_table,
    status_lines,
    status_rows,
    status_table,
)
from dagx_cli.render.jobs import jobs_lines
from dagx_engine import api

__all__ = ["show_assets", "show_status"]


def show_status(
    project: Path | None = None,
    python: str | None = None,
    selection: str | None = None,
    *,
    as_json: bool = False,
    ascii_only: bool = False,
) -> int:
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python) as opened:
        if selection is not None:
            view = api.status(opened, selection)
            console.answer(view, as_json, lambda look: status_lines(view, look, time.time()))
        elif as_json:
            console.write_json(lambda make, form: api.status_as(opened, form, make))
        else:
            text = api.status_as(opened, "status", lambda view: json.dumps(status_rows(view)))
            console.show(status_table(StatusRows(*json.loads(text)), console.look, time.time()))
    return 0


def show_assets(
    project: Path | None = None,
    python: str | None = None,
    selection: str | None = None,
    *,
    jobs: bool = False,
    as_json: bool = False,
    ascii_only: bool = False,
) -> int:
    """`jobs`: the jobs alone."""
    console = Console.of_process(ascii_only=ascii_only)
    with api.open_project(project, python=python) as opened:
        if jobs:
            found = api.status(opened, selection).jobs
            console.answer(found, as_json, lambda look: jobs_lines(found, look))
        elif selection is not None:
            view = api.status(opened, selection)
            console.answer(view, as_json, lambda look: ls_lines(view, look))
        elif as_json:
            console.write_json(lambda make, form: api.status_as(opened, form, make))
        else:
            text = api.status_as(opened, "ls", lambda view: json.dumps(ls_rows(view)))
            console.show(ls_table(LsRows(*json.loads(text)), console.look))
    return 0
