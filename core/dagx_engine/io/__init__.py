"""The outside world: each file owns one kind of it and decides nothing."""
