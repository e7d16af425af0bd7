-- Fields beyond the 13 elements that this node keeps on a named legal basis (ADR 0012). Empty unless it has one.
create table kept_extra (
    record_id uuid not null,
    version integer not null,       -- the version they came with
    name text not null,             -- the wire's own name, with the row for a field of a list
    company_code text not null,
    category text not null,         -- owner / contact / engine_number / price / photograph / vehicle / inspection / job
    basis text not null,            -- the legal basis as it was named when the field came
    value text,                     -- null for an image
    image bytea,
    kept_at timestamptz not null,
    constraint kept_extra_pkey primary key (record_id, version, name)
);

-- The same of orders that are no record yet, and of images sent ahead of their order.
create table order_extra (
    company_code text not null,
    family text not null,
    order_key text not null,
    name text not null,
    category text not null,
    basis text not null,
    value text,
    image bytea,
    kept_at timestamptz not null,
    constraint order_extra_pkey primary key (company_code, family, order_key, name)
);
create index order_extra_kept on order_extra (kept_at);
