"""Decisions: values in, values out. No clock, disk, process, thread or randomness."""
