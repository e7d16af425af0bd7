"""The door of inspection stations: ``/emission/v1/``. JSON in, JSON out; problems as those of the native interface.

Provinces only. What is done stands in ``chedang.emission``; here are addresses, keys and the words of refusals.
"""
