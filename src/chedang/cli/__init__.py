"""命令行 `chedang …`: starts a node and does what operators do by hand. The same at both levels."""
