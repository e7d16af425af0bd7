-- lock --
-- Versions are numbered one after the other.
select pg_advisory_xact_lock(7203341)

-- next_version --
-- The number after the newest of a document.
select coalesce(max(version), 0) + 1 from rule_document where kind = %(kind)s and name = %(name)s

-- insert --
-- A version once there stays as it is.
insert into rule_document (kind, name, version, effective_on, content, published_at, published_by)
values (%(kind)s, %(name)s, %(version)s, %(effective_on)s, %(content)s, %(published_at)s, %(published_by)s)
on conflict do nothing

-- read_all --
-- Every version of every document; there are few.
select kind, name, version, effective_on, content, published_at, published_by
from rule_document
order by kind, name, version

-- read_one --
-- One version.
select kind, name, version, effective_on, content, published_at, published_by
from rule_document
where kind = %(kind)s and name = %(name)s and version = %(version)s
