"""Selections of assets: terms, text, and their answer over a graph."""
