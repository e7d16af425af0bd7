"""监管: work that waits in the officer's division, registrations to review, records with errors."""
