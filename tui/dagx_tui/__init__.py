"""The terminal app: shows views, posts intents."""
