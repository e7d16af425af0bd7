"""一车一档 for people: look a vehicle up with plate and the end of its VIN, read its file. For owners and regulators."""
