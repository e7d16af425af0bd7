-- lock --
-- One writer of the figures at a time: what it takes away from an area is what another one had added.
select pg_advisory_xact_lock(7203411)

-- save_reach --
-- The figures say what was known at this instant; never an earlier one than before, and no oftener than asked for.
insert into figures_reach as known (reached_at) values (%(reached_at)s)
on conflict (only_row) do update
    set reached_at = excluded.reached_at
    where known.reached_at <= excluded.reached_at - %(at_least_seconds)s * interval '1 second'

-- is_behind --
-- Is there a change that was not counted yet?
select exists (select from record_change where seq > %(after)s)

-- read_heads --
-- Where the newest versions of these records stand.
select record_id, vin, version from record_head where record_id = any(%(record_ids)s::uuid[])

-- read_first_versions --
-- Receipt of the first versions among these rows.
select version.record_id, version.received_at
from unnest(%(vins)s::text[], %(record_ids)s::uuid[]) as wanted (vin, record_id)
join record_version as version using (vin, record_id)
where version.version = 1

-- search_first_versions --
-- The earliest first version of each of these records, wherever it stands: looks through all rows of their shops.
select record_id, min(received_at)
from record_version
where company_code = any(%(company_codes)s::text[])
    and version = 1
    and record_id = any(%(record_ids)s::uuid[])
group by record_id

-- read_counted --
-- What these records add.
select record_id, company_code, received_at, likeness,
    is_standing, is_dated, is_on_time, is_late, is_complete, is_valid, is_doubtful, is_vin_valid, is_plate_valid,
    is_duplicate, is_head_office
from counted_record
where record_id = any(%(record_ids)s::uuid[])

-- wanted_places --
unnest(%(vins)s::text[], %(record_ids)s::uuid[], %(versions)s::integer[], %(received_ats)s::timestamptz[])
    as wanted (vin, record_id, version, received_at)

-- save_counted --
-- What these records add, as their newest versions say. mark_duplicates tells afterwards which are duplicates.
-- Of what makes two records alike, only the text from the parts on is taken out of the content: the encoding puts parts
-- and items last, and inside of a text their names cannot be followed by an unescaped quote.
insert into counted_record as counted (
    record_id, company_code, received_at, likeness,
    is_standing, is_dated, is_on_time, is_late, is_complete, is_valid, is_doubtful, is_vin_valid, is_plate_valid,
    is_duplicate, is_head_office)
select wanted.record_id, newest.company_code, wanted.received_at,
    case
        when newest.state = 'active' and (newest.vin not like '~%%' or newest.plate_number <> '') then
            ('x' || left(md5(concat_ws(
                chr(31),
                newest.vin,
                case when newest.vin like '~%%' then newest.plate_number end,
                coalesce((newest.repair_on - date '2000-01-01')::text, ''),
                coalesce((newest.settled_on - date '2000-01-01')::text, ''),
                coalesce(newest.mileage_km::text, ''),
                substr(newest.content, strpos(newest.content, ',"vehiclepartslist":[')))), 16))::bit(64)::bigint
    end,
    newest.state = 'active',
    newest.state = 'active' and newest.settled_on is not null,
    newest.state = 'active' and coalesce(said.late_by_days <= %(on_time_days)s::integer, false),
    newest.state = 'active' and coalesce(
        said.late_by_days > %(on_time_days)s::integer and said.late_by_days <= %(late_days)s::integer, false),
    newest.state = 'active' and newest.findings !~ %(incomplete)s,
    newest.state = 'active' and newest.error_count = 0,
    newest.state = 'active' and (newest.error_count > 0 or newest.warn_count > 0),
    newest.state = 'active' and newest.findings !~ %(vin_wrong)s,
    newest.state = 'active' and newest.findings !~ %(plate_wrong)s,
    false,
    newest.state = 'active' and newest.origin = any(%(head_office_origins)s::text[])
from /* wanted */
join record_version as newest using (vin, record_id, version)
cross join lateral (
    select (wanted.received_at at time zone 'Asia/Shanghai')::date - newest.settled_on as late_by_days
) as said
order by wanted.record_id
on conflict (record_id) do update
    set company_code = excluded.company_code,
        received_at = excluded.received_at,
        likeness = excluded.likeness,
        is_standing = excluded.is_standing,
        is_dated = excluded.is_dated,
        is_on_time = excluded.is_on_time,
        is_late = excluded.is_late,
        is_complete = excluded.is_complete,
        is_valid = excluded.is_valid,
        is_doubtful = excluded.is_doubtful,
        is_vin_valid = excluded.is_vin_valid,
        is_plate_valid = excluded.is_plate_valid,
        is_duplicate = excluded.is_duplicate,
        is_head_office = excluded.is_head_office

-- drop_counted --
-- Records that are not there any more.
delete from counted_record where record_id = any(%(record_ids)s::uuid[])

-- mark_duplicates --
-- Of the records of a shop that are alike, all but the first are duplicates. Gives those of which that has changed.
with placed as materialized (
    select counted.record_id,
        row_number() over (
            partition by company_code, likeness order by counted.received_at, counted.record_id) > 1 as is_duplicate
    from counted_record as counted
    join (
        select distinct company_code, likeness
        from unnest(%(company_codes)s::text[], %(likenesses)s::bigint[]) as given (company_code, likeness)
    ) as wanted using (company_code, likeness)
)
update counted_record as counted
set is_duplicate = placed.is_duplicate
from placed
where counted.record_id = placed.record_id and counted.is_duplicate <> placed.is_duplicate
returning counted.record_id, counted.company_code, counted.received_at, counted.likeness,
    counted.is_standing, counted.is_dated, counted.is_on_time, counted.is_late, counted.is_complete, counted.is_valid,
    counted.is_doubtful, counted.is_vin_valid, counted.is_plate_valid, counted.is_duplicate, counted.is_head_office

-- add_cells --
-- Change cells by these differences.
insert into shop_day as cell (
    company_code, received_on,
    received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
    head_office)
select *
from unnest(
    %(company_code)s::text[], %(received_on)s::date[],
    %(received)s::integer[], %(standing)s::integer[], %(dated)s::integer[], %(on_time)s::integer[],
    %(late)s::integer[], %(complete)s::integer[], %(valid)s::integer[], %(doubtful)s::integer[],
    %(vin_valid)s::integer[], %(plate_valid)s::integer[], %(duplicate)s::integer[], %(head_office)s::integer[])
    as given (
        company_code, received_on,
        received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
        head_office)
order by company_code, received_on
on conflict (company_code, received_on) do update
    set received = cell.received + excluded.received,
        standing = cell.standing + excluded.standing,
        dated = cell.dated + excluded.dated,
        on_time = cell.on_time + excluded.on_time,
        late = cell.late + excluded.late,
        complete = cell.complete + excluded.complete,
        valid = cell.valid + excluded.valid,
        doubtful = cell.doubtful + excluded.doubtful,
        vin_valid = cell.vin_valid + excluded.vin_valid,
        plate_valid = cell.plate_valid + excluded.plate_valid,
        duplicate = cell.duplicate + excluded.duplicate,
        head_office = cell.head_office + excluded.head_office

-- drop_empty_cells --
-- Cells that have no record left.
delete from shop_day as cell
using unnest(%(company_code)s::text[], %(received_on)s::date[]) as given (company_code, received_on)
where cell.company_code = given.company_code and cell.received_on = given.received_on and cell.received = 0

-- drop_months --
-- Months that are about to be summed again.
delete from shop_month as cell
using unnest(%(company_codes)s::text[], %(months)s::date[]) as given (company_code, month)
where cell.company_code = given.company_code and cell.month = given.month

-- sum_months --
-- These months of shops, from their days.
insert into shop_month (
    company_code, month,
    received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
    head_office)
select given.company_code, given.month,
    sum(cell.received), sum(cell.standing), sum(cell.dated), sum(cell.on_time), sum(cell.late), sum(cell.complete),
    sum(cell.valid), sum(cell.doubtful), sum(cell.vin_valid), sum(cell.plate_valid), sum(cell.duplicate),
    sum(cell.head_office)
from unnest(%(company_codes)s::text[], %(months)s::date[]) as given (company_code, month)
cross join lateral (
    select received_on,
        received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
        head_office
    from shop_day
    where company_code = given.company_code
        and received_on >= given.month
        and received_on < (given.month + interval '1 month')::date
    offset 0
) as cell
group by given.company_code, given.month

-- save_spans --
-- First and last day of these shops, from their cells.
update counted_shop as shop
set first_on = span.first_on, last_on = span.last_on
from (
    select given.company_code,
        (select min(received_on) from shop_day where company_code = given.company_code) as first_on,
        (select max(received_on) from shop_day where company_code = given.company_code) as last_on
    from unnest(%(company_codes)s::text[]) as given (company_code)
) as span
where shop.company_code = span.company_code
    and (shop.first_on is distinct from span.first_on or shop.last_on is distinct from span.last_on)

-- newest_receipt --
-- When the newest of these rows came in.
select max(version.received_at)
from unnest(%(vins)s::text[], %(record_ids)s::uuid[], %(versions)s::integer[]) as wanted (vin, record_id, version)
join record_version as version using (vin, record_id, version)

-- read_status --
-- Changes that wait, records and shops that are counted.
select (select count(*) from record_change where seq > %(after)s), (select count(*) from counted_record),
    (select count(*) from counted_shop)
