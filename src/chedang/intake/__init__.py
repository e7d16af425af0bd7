"""上传: authenticate → parse → judge → store → receipt.

``dialects`` knows the wire vocabularies and nothing else; ``service`` knows the flow and no vocabulary. The reply to an
upload leaves only after its commit. Every node takes uploads; what differs by level is which dialects it serves.
"""
