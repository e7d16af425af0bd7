"""The native interface without HTTP: what `/api/v1` does, for the gate to serve (ADR 0014).

``reading`` makes records of bytes, ``answers`` holds the JSON that goes back, ``keeping`` puts, amends and voids,
``checking`` judges without storing, ``listing`` and ``reconciling`` read back, ``lifecycle`` says how long all this
will be here. Batches are beside it (``intake.batches``), as files are uploaded through them too.
"""
