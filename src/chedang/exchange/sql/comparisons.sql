-- begin --
-- One direction of one run.
insert into exchange_comparison (peer, direction, from_on, until_on, started_at)
values (%(peer)s, %(direction)s, %(from_on)s, %(until_on)s, %(started_at)s)
returning comparison_id

-- end --
-- What it came to.
update exchange_comparison
set ended_at = %(ended_at)s, ours = %(ours)s, theirs = %(theirs)s, differences = %(difference_count)s,
    repaired = %(repaired_count)s
where comparison_id = %(comparison_id)s

-- note_difference --
-- One row that differs, written down before anything is done about it.
insert into exchange_difference (
    comparison_id, vin, record_id, version, state, received_on, division_code, kind, repaired_at, detail)
values (
    %(comparison_id)s, %(vin)s, %(record_id)s::uuid, %(version)s, %(state)s, %(received_on)s, %(division_code)s,
    %(kind)s, %(repaired_at)s, %(detail)s)

-- note_outcome --
-- What became of it.
update exchange_difference
set repaired_at = %(repaired_at)s, detail = %(detail)s
where comparison_id = %(comparison_id)s and vin = %(vin)s and record_id = %(record_id)s::uuid
    and version = %(version)s

-- read_spans --
-- Days that were compared to the end, in the order of the runs, and whether every difference was repaired.
select direction, from_on, until_on, repaired = differences
from exchange_comparison
where peer = %(peer)s and ended_at is not null and until_on >= %(since_on)s
order by comparison_id

-- oldest_receipt --
-- Day of the oldest row here.
select (min(received_at) at time zone 'Asia/Shanghai')::date from record_version

-- read_newest --
-- The last comparisons, newest first.
select comparison_id, peer, direction, from_on, until_on, started_at, ended_at, ours, theirs, differences, repaired
from exchange_comparison
order by comparison_id desc
limit %(limit)s

-- read_differences --
-- What one comparison found, unrepaired ones first.
select vin, uuid_send(record_id), version, state, received_on, division_code, kind, detail, repaired_at
from exchange_difference
where comparison_id = %(comparison_id)s
order by repaired_at is not null, kind, record_id, version, vin
limit %(limit)s

-- count_differences --
-- How many differences of each kind one comparison found, and how many of them were repaired.
select kind, count(*), count(repaired_at)
from exchange_difference
where comparison_id = %(comparison_id)s
group by kind
order by kind
