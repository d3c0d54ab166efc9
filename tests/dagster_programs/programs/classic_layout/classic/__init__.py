"""A company's data."""

from classic import assets, checks

__all__ = ["assets", "checks"]
