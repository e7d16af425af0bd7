"""I/M 闭环: a failed emission test becomes a ticket; a record of a listed M-station closes it; then comes the re-test.

Provinces only: the ministry reads their figures. Adapters to the inspection side stand apart, in ``emission.adapters``.
"""
