"""What a running function can ask, and such contexts built by hand."""
