"""What a car owner does."""
