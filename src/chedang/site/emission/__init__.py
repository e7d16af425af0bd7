"""Pages of the I/M loop, for officers and shops."""
