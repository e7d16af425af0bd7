-- Index of claim codes, derived from the records.

-- find_records --
-- Records among these changes that came in here or from a head office, received since a day. Void ones too: a record
-- may come back, and whether a code counts is asked of the record when it is used.
select distinct on (record_id) record_id, (received_at at time zone 'Asia/Shanghai')::date as received_on
from record_version
where vin = any(%(vins)s::text[]) and record_id = any(%(record_ids)s::uuid[])
    and state <> 'moved' and origin in ('local', '00')
    and received_at >= %(since_at)s
order by record_id, received_at desc

-- insert --
-- A later version of a record lets its code stay as long as that version's.
insert into owners_claim_code as known (code_digest, record_id, received_on)
select code_digest, record_id, received_on
from unnest(%(code_digest)s::bytea[], %(record_id)s::uuid[], %(received_on)s::date[])
    as claimed (code_digest, record_id, received_on)
order by code_digest
on conflict (code_digest) do update set received_on = excluded.received_on
    where known.received_on < excluded.received_on

-- find --
-- The record of a code.
select record_id from owners_claim_code where code_digest = %(code_digest)s

-- forget --
-- Codes of records whose newest version is so old that they count no more.
delete from owners_claim_code where received_on < %(before_on)s

-- next_records --
-- Records received since a day, in steps along the key of the table, for a rebuild.
select vin, record_id, max((received_at at time zone 'Asia/Shanghai')::date) as received_on
from record_version
where (vin, record_id) > (%(after_vin)s, %(after_id)s) and state <> 'moved' and origin in ('local', '00')
    and received_at >= %(since_at)s
group by vin, record_id
order by vin, record_id
limit %(limit)s
