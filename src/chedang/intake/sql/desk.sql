-- lock_desk --
-- One record of a shop is handed in from its pages at a time, so that what its number was used for can be looked up.
select pg_advisory_xact_lock(7203361, hashtext(%(company_code)s))
