"""One module per wire vocabulary. ``parse_*`` and ``answer_*`` are pure; nowhere else is there an ``if`` on a dialect."""
