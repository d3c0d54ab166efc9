"""The engine: decides in `pure/`, touches the world in `io/`, joins both in `executor`, `daemon` and `api`."""
