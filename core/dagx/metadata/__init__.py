"""Values that are recorded of assets and events, and their JSON."""
