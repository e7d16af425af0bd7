"""内置数据库: an embedded PostgreSQL under a node's data directory, supervised by ourselves (ADR 0002).

For development, demonstration and one small site: reached through a socket only, never over the network.
A node in earnest sets ``CHEDANG_DATABASE_URL`` to a PostgreSQL that its operator patches.
"""

from __future__ import annotations

from chedang.platform.postgres.cluster import Cluster, open_database
from chedang.platform.postgres.errors import ClusterInUse, PostgresError

__all__ = ["Cluster", "ClusterInUse", "PostgresError", "open_database"]
