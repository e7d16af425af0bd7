"""One module per wire vocabulary: pure ``parse_…`` and ``answer``. Nowhere else is there an ``if`` on a dialect."""
