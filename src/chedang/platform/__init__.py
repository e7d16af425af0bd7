"""系统底座: adapters to the machine — settings, clock, keys, passwords, logging, PostgreSQL, processes.

Knows nothing of repair records. The same at both levels; which level a node has is one setting.
"""
