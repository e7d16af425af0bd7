-- 维修记录: append-only versions of repair records, and what finds and follows them.

-- One row per version of a record, whole: parts and items stand inside `content`. Never updated, never deleted.
create table record_version (
    vin text not null,              -- key of the vehicle's file; '~' + company code when the record belongs to none
    record_id uuid not null,        -- derived from company code and settlement list number
    version integer not null,
    state text not null,            -- active / void (作废) / moved (the record now stands under another VIN)
    company_code text not null,
    settlement_list_number text not null,
    plate_number text not null,     -- normalised
    repair_on date,                 -- null: not given or not a day
    settled_on date,
    mileage_km numeric(10, 1),
    content text not null,          -- JSON: the 13 elements as received, nothing else
    findings text not null,         -- JSON: what the rules found; [] when clean
    error_count smallint not null,
    warn_count smallint not null,
    origin text not null,           -- local (uploaded here); pushed and head office come with the exchange
    dialect text not null,          -- wire vocabulary it came in
    actor text not null default '', -- who amended or voided it; '' for an upload
    reason text not null default '',
    received_at timestamptz not null,
    constraint record_version_pkey primary key (vin, record_id, version)
);
create index record_version_company on record_version (company_code, received_at);

-- The newest version of every record, keyed by its number: finds the same number under another VIN.
create table record_head (
    record_id uuid not null,
    vin text not null,
    previous_vin text,              -- where the version before this one stands; null for the first
    version integer not null,
    content_digest bytea not null,  -- SHA-256 over the canonical 13 elements
    constraint record_head_pkey primary key (record_id)
);

-- Change feed (local table): what the worker follows. Written in the transaction of the version.
create table record_change (
    seq bigint not null generated always as identity,
    vin text not null,
    record_id uuid not null,
    version integer not null,
    constraint record_change_pkey primary key (seq)
);

-- How far each consumer of the feed has come.
create table feed_position (
    consumer text not null,
    seq bigint not null,
    constraint feed_position_pkey primary key (consumer)
);
