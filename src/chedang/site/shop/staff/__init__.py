"""本店人员: the register of a shop, its people's accounts, how they sign in, and what officers see of it."""
