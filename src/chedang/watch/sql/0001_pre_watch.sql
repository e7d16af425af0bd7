-- 布控: vehicles that the police look for. What they are called is sealed; what finds them are keyed digests, so that a
-- copy of the database names no vehicle, no case and no record.

create table watch_entry (
    code text not null,             -- public name, of chance
    division_code text not null,    -- of the police authority
    vin_digest text not null,       -- HMAC-SHA-256 of the VIN; '' when only a plate is known
    plate_digest text not null,     -- of the plate; '' when only a VIN is known
    sealed bytea not null,          -- VIN, plate, case number: watch.model.Wanted as JSON
    since_on date not null,
    until_on date,                  -- last day; null: until removed
    added_by text not null,
    added_at timestamptz not null,
    removed_by text not null default '',
    removed_at timestamptz,
    removal_sealed bytea,           -- why
    constraint watch_entry_pkey primary key (code),
    constraint watch_entry_finds check (vin_digest <> '' or plate_digest <> '')
);
create index watch_entry_vin on watch_entry (vin_digest) where vin_digest <> '' and removed_at is null;
create index watch_entry_plate on watch_entry (plate_digest) where plate_digest <> '' and removed_at is null;
create index watch_entry_division on watch_entry (division_code, added_at);

-- 比中: one record that an entry found. Never changed but for `escalated_at`.
create table watch_alert (
    code text not null,
    entry_code text not null,
    record_digest text not null,    -- HMAC-SHA-256 of the record's identifier
    basis text not null,            -- watch.model.Basis
    sealed bytea not null,          -- the record: watch.model.Sighting as JSON
    found_at timestamptz not null,
    escalated_at timestamptz,       -- when the duty phone was last told
    constraint watch_alert_pkey primary key (code),
    constraint watch_alert_once unique (entry_code, record_digest)
);
create index watch_alert_found on watch_alert (found_at);

-- 签收. Written once.
create table watch_receipt (
    alert_code text not null,
    received_by text not null,      -- account
    received_at timestamptz not null,
    constraint watch_receipt_pkey primary key (alert_code)
);

-- 值班电话 of a division's police.
create table watch_duty (
    division_code text not null,
    phone_sealed bytea not null,
    set_by text not null,
    set_at timestamptz not null,
    constraint watch_duty_pkey primary key (division_code)
);
