"""对接软件: what a shop's software needs, whether it works, what it was refused, and whether each day is complete."""
