"""What a step is seen to read, list, ask and write while it runs."""
