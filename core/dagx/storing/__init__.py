"""IO managers, and what they are told."""
