"""The program inside the frozen binary: the same `main` as that of an installed `dagx`."""

import sys

from dagx_cli.main import main

sys.exit(main())
