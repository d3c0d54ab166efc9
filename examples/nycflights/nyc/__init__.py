"""A year of flights out of New York City: raw tables, a clean core, and what delays them."""
