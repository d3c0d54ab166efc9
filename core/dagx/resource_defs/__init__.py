"""Resources that are defined, configured, set up and torn down. Semantics: section 11."""
