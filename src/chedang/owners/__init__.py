"""车主: which cars a person may see, how that was proved, and whom the owner lets see them.

Desk side: Django models and transactions; ``rules`` and ``model`` are pure. At the ministry there are no owners.
"""
