"""People's door: Django pages for owners, shops, regulators and administrators. No machine speaks to it."""
