"""The door for machines: Litestar routes over ``intake``, nothing else. The same at both levels."""
