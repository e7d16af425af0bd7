"""反馈（更正）与投诉: the owner's, the shop's and the officer's pages, and the public figures."""
