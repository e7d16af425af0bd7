-- stream_rows --
-- What a vehicle's file is made of, file after file in the order of bytes; files that the worker has not refreshed since
-- their last change are left out.
select stored.vin, uuid_send(stored.record_id), stored.version, stored.state, stored.plate_number
from record_version as stored
left join (select distinct vin from record_change where seq > %(position)s) as behind using (vin)
where behind.vin is null and stored.vin not like '~%%'
    and (%(is_everything)s or stored.vin in (select vin from record_version where received_at >= %(since_at)s))
order by stored.vin collate "C", 2, stored.version

-- stream_index --
-- What the index says of the same files, in the same order.
select vin, vehicle.record_count, coalesce(plates.plate_numbers, '{}')
from vehicle
full join (
    select vin, array_agg(plate_number) as plate_numbers from vehicle_plate group by vin
) as plates using (vin)
left join (select distinct vin from record_change where seq > %(position)s) as behind using (vin)
where behind.vin is null
    and (%(is_everything)s or vin in (select vin from record_version where received_at >= %(since_at)s))
order by vin collate "C"

-- read_position --
-- How far the worker has come.
select coalesce(max(seq), 0) from feed_position where consumer = 'vehicles'
