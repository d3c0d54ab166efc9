"""Views in, lines of text out. Knows no terminal, engine or file: a test needs nothing but a view."""
