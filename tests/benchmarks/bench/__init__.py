"""dagx measured beside other tools, in one run, on graphs that are the same for all. `make bench` is the way in."""
