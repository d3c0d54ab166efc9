"""Hypothesis for the engine: the same examples every time, unless HYPOTHESIS_PROFILE=explore asks for new ones.

HYPOTHESIS_PROFILE=few tries some of them only.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_quiet = [HealthCheck.too_slow]
settings.register_profile(
    "engine", max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=_quiet
)
settings.register_profile(
    "explore", max_examples=3000, deadline=None, database=None, suppress_health_check=_quiet
)
settings.register_profile(
    "few", max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=_quiet
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "engine"))
