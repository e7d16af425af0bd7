"""Pages that anybody may read, and the switches of language and size."""
