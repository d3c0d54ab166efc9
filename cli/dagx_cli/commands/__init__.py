"""One file a command: parse, one call to the api, one call to render."""
