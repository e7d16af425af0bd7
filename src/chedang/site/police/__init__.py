"""Pages of the watch list, for the police alone."""
