"""Log lines of user code: the logger it writes to, loggers as definitions, the lines kept of a run."""
