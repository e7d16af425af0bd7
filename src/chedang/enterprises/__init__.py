"""维修经营者: the repair enterprises of a node, their filing, their credentials and the review of both.

Not the people who log in to the pages (``access``), and not what a shop uploads (``records``). A province registers,
imports and approves its own shops; a ministry node learns of them through the exchange and reviews none.
"""
