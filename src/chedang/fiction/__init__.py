"""虚构数据: shops, vehicles and repair jobs that never existed, and a shop's software that uploads them.

For seeds, tests and benchmarks: everything comes out of one ``random.Random``, so equal seeds give equal data. Codes
and check digits are right, names and numbers belong to nobody. No test double: the simulator speaks to a real gate.
"""
