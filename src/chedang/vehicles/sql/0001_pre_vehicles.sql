-- 一车一档: derived from the records by the worker and rebuilt from them at any time.

create table vehicle (
    vin text not null,
    plate_number text not null,       -- on the newest record
    home_province_code text not null, -- 车籍 province by that plate; '' when it says none
    record_count integer not null,
    first_settled_on date,
    last_settled_on date,
    last_mileage_km numeric(10, 1),
    refreshed_at timestamptz not null,
    constraint vehicle_pkey primary key (vin)
);

-- Plates over time: one row per plate seen on a vehicle's records.
create table vehicle_plate (
    vin text not null,
    plate_number text not null,
    first_seen_on date,
    last_seen_on date,
    constraint vehicle_plate_pkey primary key (vin, plate_number)
);
create index vehicle_plate_number on vehicle_plate (plate_number);
