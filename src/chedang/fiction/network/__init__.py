"""全国模拟: ministry and provinces on one machine with a clock of their own, to be cut, slowed, reordered and killed.

Every node has a database of its own and runs the real steps of the exchange; only the line between two nodes and the
time are made up. What comes out is compared with an oracle that knows what was uploaded and nothing of the exchange.
"""
