"""How old an asset may get, and how it is."""
