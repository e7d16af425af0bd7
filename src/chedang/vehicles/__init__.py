"""一车一档: the file of one vehicle, its plates over time, its home province (车籍) and the verdict on its odometer.

Everything here is derived from the records and can be rebuilt from them at any time; nothing is a fact of its own.
Not who may see a file, and not its page. The same at both levels; a ministry's files hold every province's records.
"""
