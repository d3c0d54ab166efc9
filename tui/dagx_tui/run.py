"""Starts the engine, shows the screen, closes the engine whatever happens."""

from __future__ import annotations

import gc
import importlib

from dagx_tui.door import Door

__all__ = ["run_app"]


def run_app(dev: Door) -> int:
    """Show the engine until someone quits, close it whatever happens. Returns the exit code."""
    # What is imported and loaded now stays: looking through it for garbage, again and again, would only hold it up.
    # The app lets the collector work once the first tree is up.
    gc.disable()
    try:
        app = importlib.import_module("dagx_tui.app")
        dev.start()  # not before: it would hold up the first frame by as much
        code: int = app.show(dev)
        return code
    finally:
        gc.enable()
        dev.close()
