"""合格证 on the pages of a shop, of its county and of everybody who holds one."""
