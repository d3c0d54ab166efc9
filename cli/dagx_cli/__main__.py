"""`python -m dagx_cli` is `dagx`."""

from __future__ import annotations

import sys

from dagx_cli.main import main

if __name__ == "__main__":
    sys.exit(main())
