"""`file_relative_path`: a path beside the file that names it."""

from __future__ import annotations

import os

__all__ = ["file_relative_path"]


def file_relative_path(dunderfile: str, relative_path: str) -> str:
    """The path of `relative_path` as seen from the folder of `dunderfile`, which is to be `__file__`.

    `file_relative_path(__file__, "data/orders.csv")` is the same file whatever the current folder is.
    """
    return os.path.join(os.path.dirname(dunderfile), relative_path)
