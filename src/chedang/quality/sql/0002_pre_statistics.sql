-- 监管统计: what officers' figures are read from. Derived from the records by a follower of the change feed, and counted
-- anew at any time (ADR 0045). Local tables: one follower writes, and nothing here is looked for by VIN.

-- One row per record that has a first version here: what it adds to the cell of its shop and day. A boolean is false
-- where the record does not stand (void), so that a cell is a plain count of each.
create table counted_record (
    record_id uuid not null,
    company_code text not null,
    received_at timestamptz not null,   -- of the first version
    likeness bigint,                    -- digest of car, days, mileage and items; null: void, or of no known car
    is_standing boolean not null,
    is_dated boolean not null,
    is_on_time boolean not null,
    is_late boolean not null,
    is_complete boolean not null,
    is_valid boolean not null,
    is_doubtful boolean not null,
    is_vin_valid boolean not null,
    is_plate_valid boolean not null,
    is_duplicate boolean not null,      -- another one of the shop with this likeness came earlier
    is_head_office boolean not null,
    constraint counted_record_pkey primary key (record_id)
);
create index counted_record_likeness on counted_record (company_code, likeness);

-- 每店每日: a shop's records by the day in China on which their first versions came in. No row for a day without any.
create table shop_day (
    company_code text not null,
    received_on date not null,
    received integer not null,
    standing integer not null,
    dated integer not null,
    on_time integer not null,
    late integer not null,
    complete integer not null,
    valid integer not null,
    doubtful integer not null,
    vin_valid integer not null,
    plate_valid integer not null,
    duplicate integer not null,
    head_office integer not null,
    constraint shop_day_pkey primary key (company_code, received_on)
);

-- The same by month.
create table shop_month (
    company_code text not null,
    month date not null,                -- its first day
    received integer not null,
    standing integer not null,
    dated integer not null,
    on_time integer not null,
    late integer not null,
    complete integer not null,
    valid integer not null,
    doubtful integer not null,
    vin_valid integer not null,
    plate_valid integer not null,
    duplicate integer not null,
    head_office integer not null,
    constraint shop_month_pkey primary key (company_code, month)
);

-- What figures need to know of a shop, as they count it now: from the register of this node, what other nodes told, and
-- what was seen of it. A shop that nobody has registered yet stands here as soon as a record of it is counted.
create table counted_shop (
    company_code text not null,
    company_name text not null,
    division_code text not null,        -- of an unknown shop: the first six digits of its code
    category_code text not null,
    is_filed boolean not null,          -- 审核成功
    is_in_business boolean not null,    -- 经营状态 is none of 停业, 停业整顿, 歇业, 注销
    filed_on date,                      -- day of the approval; null: not told
    vendor text not null,               -- 维修软件 as the shop told it; '' unknown
    maker_code text not null,           -- of an authorised dealer; '' none
    first_on date,                      -- day of its first record ever; null: none
    last_on date,
    constraint counted_shop_pkey primary key (company_code)
);
create index counted_shop_division on counted_shop (division_code);

-- Sums over the shops of a county and class, day by day: kind '' over all of them; 'vendor' and 'maker' once more, parted
-- by 维修软件 or 汽车生产企业. is_counted: of shops that are filed and in business. A row of which shops is 0 says nothing.
create table area_day (
    kind text not null,
    received_on date not null,
    division_code text not null,
    category_code text not null,
    part text not null,                 -- vendor or maker code; '' with kind ''
    is_counted boolean not null,
    shops integer not null,             -- with a record on that day
    received bigint not null,
    standing bigint not null,
    dated bigint not null,
    on_time bigint not null,
    late bigint not null,
    complete bigint not null,
    valid bigint not null,
    doubtful bigint not null,
    vin_valid bigint not null,
    plate_valid bigint not null,
    duplicate bigint not null,
    head_office bigint not null,
    constraint area_day_pkey primary key (kind, received_on, division_code, category_code, part, is_counted)
) with (fillfactor = 70);

-- The same by month.
create table area_month (
    kind text not null,
    month date not null,
    division_code text not null,
    category_code text not null,
    part text not null,
    is_counted boolean not null,
    shops integer not null,
    received bigint not null,
    standing bigint not null,
    dated bigint not null,
    on_time bigint not null,
    late bigint not null,
    complete bigint not null,
    valid bigint not null,
    doubtful bigint not null,
    vin_valid bigint not null,
    plate_valid bigint not null,
    duplicate bigint not null,
    head_office bigint not null,
    constraint area_month_pkey primary key (kind, month, division_code, category_code, part, is_counted)
) with (fillfactor = 70);

-- How far the figures reach.
create table figures_reach (
    only_row boolean not null default true,
    reached_at timestamptz not null,
    constraint figures_reach_pkey primary key (only_row),
    constraint figures_reach_one_row check (only_row)
);
