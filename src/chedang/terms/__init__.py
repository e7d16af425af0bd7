"""公共数据元: the values and code tables of the standards, as small pure functions and frozen types.

What it is: how a VIN, a plate, a credit code, a division code, a day or a number is read, judged and shown.
What it is not: a rule about repair records; a wrong value is described here and weighed in ``records``.
Nothing here reads a clock, a setting or a file other than the data files inside this package. The same for a
province and for the ministry.
"""
