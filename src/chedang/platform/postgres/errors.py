"""What can go wrong with the embedded server, as sentences for the operator."""

from __future__ import annotations


class PostgresError(Exception):
    """The embedded server cannot be used; the text is a Chinese sentence with the English one in parentheses."""


class ClusterInUse(PostgresError):
    """Another process of this machine already runs the server of this data directory."""
