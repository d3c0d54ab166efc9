"""Types of values that users define, beyond what annotations say. Semantics: section 7."""
