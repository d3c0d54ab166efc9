"""What a stream says after a save that brings no run. Told of the news; knows no engine and no clock."""

from __future__ import annotations

from dagx_engine.views import AssetsChanged, AssetState, BoardReplaced, Event, RunEnded, RunStarted, Saved

__all__ = ["Lull"]

_NEVER_MADE = (AssetState.MISSING, AssetState.EXTERNAL)


class Lull:
    def __init__(self, *, auto: bool) -> None:
        self._auto = auto
        self._states: dict[str, AssetState] = {}
        self._saved = False
        self._running: set[str] = set()

    def heed(self, event: Event) -> None:
        match event:
            case BoardReplaced(status):
                self._states = {asset.key: asset.state for asset in status.assets}
            case AssetsChanged(assets):
                self._states |= {asset.key: asset.state for asset in assets}
            case Saved(paths):
                # What is loaded again is told by `Loaded` and what stands on the board then.
                self._saved = not any(path.endswith((".py", "pyproject.toml")) for path in paths)
            case RunStarted(run_id):
                self._saved = False
                self._running.add(run_id)
            case RunEnded(run):
                self._running.discard(run.run_id)
            case _:
                pass

    @property
    def asset(self) -> str | None:
        """Any asset, while a save was followed by no run; when the engine has answered a question about it, it has
        also decided what the save brings."""
        return next(iter(self._states), None) if self._saved and not self._running else None

    def words(self) -> str:
        """That nothing runs; not said twice."""
        self._saved = False
        found = [state for state in self._states.values() if state not in _NEVER_MADE]
        counts = ", ".join(f"{found.count(state):,} {state.value}" for state in AssetState if state in found)
        if not self._auto:
            return f"nothing runs by itself (--no-auto): {counts or 'nothing was made yet'}"
        if set(found) == {AssetState.FRESH}:
            return "nothing to run: all that was made is fresh"
        return f"nothing to run: {counts or 'nothing was made yet'}"
