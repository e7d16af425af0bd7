"""一车一档 for owners and regulators: look a vehicle up with plate and the end of its VIN, read its file."""
