"""门店: a shop's own desk. Drafts, the order book with its prices, settlement lists, 合格证, what waits to be uploaded.

What a shop charges stays here: nothing below this package knows of it, and no export but the shop's own carries it.
"""
