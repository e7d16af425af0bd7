"""督导: notices, orders with a limit, the yearly 质量信誉考核. Desk side."""
