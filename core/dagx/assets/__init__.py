"""Assets: specs, dependencies, and the decorators that make definitions of functions."""
