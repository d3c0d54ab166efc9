"""Asset checks: what they are, what they report, and ready-made ones. Semantics: sections 20.4 and 21."""
