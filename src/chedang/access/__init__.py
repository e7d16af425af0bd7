"""访问控制: who may do what, over which divisions or enterprise, and the record of every look at a file.

Roles and scopes are pure rules; accounts and audit events are Django models. Used by the people's door only: a
shop's software authenticates in ``enterprises``. Province and ministry differ only in the divisions of their officers.
"""
