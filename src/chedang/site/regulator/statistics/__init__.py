"""Pages of coverage, rates, the live board and their exports."""
