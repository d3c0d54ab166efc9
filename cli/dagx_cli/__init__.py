"""The command line: parse, one call to the api, one call to render."""
