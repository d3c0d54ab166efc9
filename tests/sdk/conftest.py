"""Examples are not timed: the machine may be busy. HYPOTHESIS_PROFILE=few tries some of them only."""

import os

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.register_profile("few", max_examples=10, deadline=None)
settings.load_profile("few" if os.environ.get("HYPOTHESIS_PROFILE") == "few" else "untimed")
