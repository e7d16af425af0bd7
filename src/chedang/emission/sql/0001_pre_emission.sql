-- I/M 闭环: failed emission tests, the repairs that answer them, and who may test and who may repair.

-- 排放检验机构 (I 站), or the platform of several.
create table emission_test_station (
    station_code text not null,         -- its number in the inspection system
    name text not null,
    division_code text not null,        -- county; of a platform the division it serves
    is_platform boolean not null,       -- may send for every station of its division
    listed_on date not null,
    ended_on date,                      -- its last day; null: listed
    changed_by text not null,           -- account that wrote it last
    changed_at timestamptz not null,
    constraint emission_test_station_pkey primary key (station_code)
);

-- Keys of those stations. The key itself is kept nowhere.
create table emission_station_key (
    key_id text not null,               -- its public part, 8 hexadecimal characters
    station_code text not null,
    digest bytea not null,              -- SHA-256 over the whole key, which has 256 random bits
    made_by text not null,
    made_at timestamptz not null,
    ended_by text not null default '',
    ended_at timestamptz,
    last_used_on date,                  -- written once a day
    constraint emission_station_key_pkey primary key (key_id)
);
create index emission_station_key_station on emission_station_key (station_code, made_at);

-- 汽车排放性能维护（维修）站 (M 站): from which day to which a shop was on the list. A shop may come back.
create table emission_repair_station (
    company_code text not null,
    listed_on date not null,
    ended_on date,                      -- its last day; null: listed
    listed_by text not null,
    listed_at timestamptz not null,
    ended_by text not null default '',
    ended_at timestamptz,
    constraint emission_repair_station_pkey primary key (company_code, listed_on),
    constraint emission_repair_station_in_order check (ended_on is null or ended_on >= listed_on)
);
-- The shops that carried the flag before there was a list with days.
insert into emission_repair_station (company_code, listed_on, listed_by, listed_at)
select company_code, (told_at at time zone 'Asia/Shanghai')::date, told_by, told_at
from shop_profile
where is_emission_station;

-- 排放维修单: one failed test and what became of it.
create table emission_ticket (
    code text not null,                 -- public name, of chance
    station_code text not null,
    report_number text not null,        -- 检验报告编号
    division_code text not null,        -- the station's county when the test came in
    vin text not null,
    plate_number text not null,         -- normalised
    tested_on date not null,
    failed_items text[] not null,
    deadline_on date not null,          -- 维修期限
    state text not null,                -- emission.model.TicketState
    step_count integer not null,
    received_at timestamptz not null,
    record_id uuid,                     -- the repair that counts; null: none
    record_vin text,                    -- under which it stands
    company_code text,                  -- the shop that made it
    settled_on date,
    doubts text[] not null default '{}',-- emission.model.Doubt
    missing text not null default '',   -- emission.model.Reason: why no repair counts yet
    retest_number text not null default '',
    retest_station_code text not null default '',
    retested_on date,
    constraint emission_ticket_pkey primary key (code),
    constraint emission_ticket_test unique (station_code, report_number)
);
create index emission_ticket_vin on emission_ticket (vin);
create index emission_ticket_report on emission_ticket (report_number);
create index emission_ticket_division on emission_ticket (division_code, state, deadline_on);
create index emission_ticket_company on emission_ticket (company_code, settled_on) where company_code is not null;

-- What happened to a ticket, in order; never changed but for `posted_at` and what it takes to post.
create table emission_step (
    seq bigint not null generated always as identity,
    ticket_code text not null,
    number integer not null,
    at timestamptz not null,
    kind text not null,                 -- emission.model.StepKind
    by text not null,                   -- account or station; '' for the worker
    record_id uuid,
    note text not null default '',
    posted_at timestamptz,              -- when the inspection side took it
    post_count integer not null default 0,
    post_again_at timestamptz,
    constraint emission_step_pkey primary key (seq),
    constraint emission_step_order unique (ticket_code, number)
);
create index emission_step_to_post on emission_step (at)
    where posted_at is null and kind in ('repaired', 'reopened', 'passed', 'failed_again', 'cancelled');

-- What an officer ruled on whether a record answers a ticket.
create table emission_ruling (
    ticket_code text not null,
    record_id uuid not null,
    counts boolean not null,
    ruled_by text not null,
    ruled_at timestamptz not null,
    reason text not null,
    constraint emission_ruling_pkey primary key (ticket_code, record_id)
);

-- Which record names which report in its 故障描述, whatever VIN it carries; an index, derived from the feed.
create table emission_named_record (
    report_number text not null,
    record_id uuid not null,
    constraint emission_named_record_pkey primary key (report_number, record_id)
);
