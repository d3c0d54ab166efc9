"""Config: what the user says at the start of a run, held against schemas. Semantics: section 10."""
