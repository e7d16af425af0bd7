"""布控: vehicles that the police look for, and the silent alerts when a record of one comes in.

Provinces only. Nothing of it is ever shown to a shop, an owner or an officer of transport.
"""
