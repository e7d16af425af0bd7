"""车主评价: the owner's, the shop's and the officer's pages."""
