"""Ops, graphs of ops, jobs and hooks: how they are declared, wired, and made into steps. Sections 22, 24."""
