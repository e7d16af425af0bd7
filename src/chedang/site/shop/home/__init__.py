"""A shop's first page: what is to be done today, in sentences whose numbers open their lists."""
