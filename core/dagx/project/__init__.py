"""Definitions, how they are loaded, and whether they fit together."""
