"""The native interface over HTTP: `/api/v1`. Logic stands in ``intake.native``."""
