"""The names of the public interface that this version does not have."""

from __future__ import annotations

NAMES = frozenset(
    """
    AssetJobKey evaluate_automation_conditions
    """.split()  # noqa: SIM905  # a list would take 300 lines
)
