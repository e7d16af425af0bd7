-- Routing at the ministry: which rows and notices go to which province.

-- read_rows --
-- What routing needs of these rows, in their order; a row that a repair took away meanwhile is left out.
select record.vin, record.record_id, record.version, record.company_code, record.origin
from unnest(%(vin)s::text[], %(record_id)s::uuid[], %(version)s::integer[])
    with ordinality as changed (vin, record_id, version, place)
join record_version as record
    on record.vin = changed.vin and record.record_id = changed.record_id and record.version = changed.version
order by changed.place

-- read_histories --
-- Every row that stands under these vehicles, in the order in which they came.
select vin, record_id, version, company_code, origin
from record_version
where vin = any(%(vins)s::text[])
order by vin, received_at, record_id, version

-- read_head_office_rows --
-- Rows of these shops that head offices uploaded, in the order in which they came.
select vin, record_id, version, company_code, origin
from record_version
where company_code = any(%(company_codes)s::text[]) and origin = 'local'
order by received_at, record_id, version

-- read_routes --
-- Where the histories of these vehicles go at present.
select vin, province_code from exchange_route where vin = any(%(vins)s::text[])

-- save_routes --
-- Where they go from now on.
insert into exchange_route (vin, province_code, since)
select vin, province_code, %(since)s::timestamptz
from unnest(%(vin)s::text[], %(province_code)s::text[]) as route (vin, province_code)
order by vin
on conflict (vin) do update set province_code = excluded.province_code, since = excluded.since

-- read_peers --
-- The provinces that have joined.
select node_code from exchange_peer where node_code <> %(ministry)s order by node_code

-- read_positions --
-- How far all consumers of a family have come.
select consumer, seq from feed_position where consumer like %(family)s

-- read_changes_between --
-- Changes that routing has dealt with, once more.
select vin, record_id, version, seq
from record_change
where seq > %(after)s and seq <= %(until)s
order by seq
limit %(limit)s

-- read_lists --
-- What was ever announced of these kinds, each once.
select kind, key
from announcement
where kind = any(%(kinds)s::text[])
group by kind, key
order by min(seq)

-- owe_introductions --
-- Remember who has rows of a shop that we cannot name yet.
insert into exchange_introduction_due (company_code, destination)
select company_code, destination
from unnest(%(company_code)s::text[], %(destination)s::text[]) as owed (company_code, destination)
order by company_code, destination
on conflict do nothing

-- take_owed_introductions --
-- Who waits to be told of these shops; they will be, in this transaction.
delete from exchange_introduction_due
where company_code = any(%(company_codes)s::text[])
returning company_code, destination
