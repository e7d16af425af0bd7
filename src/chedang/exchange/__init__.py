"""部省交换: what travels between provinces and the ministry, how it is signed, where it goes, and whether it arrived.

A province opens every connection: it brings its outbox to the ministry and asks for its feed. The ministry takes what
provinces bring, routes records of vehicles registered elsewhere (车籍) into the feeds, and never calls anybody.
"""
