"""Pages of the work queue: shops that need somebody, reminders and letters."""
