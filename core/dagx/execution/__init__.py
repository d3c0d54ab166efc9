"""Steps and what becomes of them: planned, executed, written down, run in this process."""
