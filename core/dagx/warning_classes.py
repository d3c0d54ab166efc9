"""The classes of warnings. dagx gives none of them out itself: they are there for filters that name them."""

from __future__ import annotations

__all__ = ["BetaWarning", "ConfigArgumentWarning", "PreviewWarning", "SupersessionWarning"]


class PreviewWarning(Warning):
    """Something may change or go away without notice."""


class BetaWarning(Warning):
    """Something may still change."""


class SupersessionWarning(FutureWarning):
    """Something has a successor, which new code should use."""


class ConfigArgumentWarning(SyntaxWarning):
    """An argument that looks like config is none."""
