"""What a function's code is: the project's files cut into units, followed by name, and told by digests."""
