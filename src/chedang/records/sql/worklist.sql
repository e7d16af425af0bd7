-- count_company --
-- How many records of one enterprise there are, how many with a finding to mend, how many in no vehicle's file.
select
    count(*),
    count(*) filter (where error_count > 0 or warn_count > 0),
    count(*) filter (where vin like '~%%')
from record_version as record
where company_code = %(company_code)s
    and state <> 'moved'
    and not exists (
        select from record_version as newer
        where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)

-- doubtful --
-- Newest versions in which something was found, of enterprises of one division (here or at another node). A list and its
-- count both have these conditions, in place of the comment.
record.company_code in (
        select company_code from enterprise where starts_with(division_code, %(division_prefix)s)
        union
        select company_code from known_enterprise where starts_with(division_code, %(division_prefix)s))
    and (record.error_count > 0 or record.warn_count > 0)
    and (record.error_count > 0 or %(with_doubts)s::boolean)
    and (not %(only_fileless)s::boolean or record.vin like '~%%')
    and record.state = 'active'
    and record.received_at >= %(since)s
    and not exists (
        select from record_version as newer
        where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)

-- read_doubtful --
-- One page of them, newest received first.
select record.vin, record.record_id, record.version, record.state, record.company_code, record.settlement_list_number,
    record.plate_number, record.repair_on, record.settled_on, record.mileage_km, record.content, record.findings,
    record.origin, record.dialect, record.actor, record.reason, record.received_at
from record_version as record
where /* conditions */
    and (%(before_at)s::timestamptz is null
        or (record.received_at, record.record_id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
order by record.received_at desc, record.record_id desc
limit %(limit)s

-- count_doubtful --
-- How many there are; no more than ``most`` are counted.
select count(*)
from (select from record_version as record where /* conditions */ limit %(most)s) as counted

-- count_settled_after --
-- Records of one enterprise that were settled after a day and came in since: what a shop did that had ended.
select count(*)
from record_version as record
where company_code = %(company_code)s
    and state = 'active'
    and settled_on > %(day)s
    and received_at > (%(day)s::date)::timestamp at time zone 'Asia/Shanghai'
    and not exists (
        select from record_version as newer
        where newer.vin = record.vin and newer.record_id = record.record_id and newer.version > record.version)
