-- What a shop sees of its own software's calls (ADR 0038). Nothing here names a vehicle or a person.

-- Calls that were refused, as they were answered; the last ones of each shop. Equal answers are one row.
create table intake_refusal (
    company_code text not null,
    is_proven boolean not null,     -- the call proved whose it was; others stand in a small ring of their own
    digest bytea not null,          -- of what was called and answered
    dialect text not null,
    operation text not null,
    kind text not null,             -- code of RefusalKind
    http_status smallint not null,
    answer text not null,           -- as sent, values of the call masked, at most 2 KB
    findings text not null,         -- JSON: code, level and field of what the rules found
    client text not null,           -- User-Agent, bounded
    times bigint not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    constraint intake_refusal_pkey primary key (company_code, is_proven, digest)
);
create index intake_refusal_last on intake_refusal (last_at);

-- Which software was seen with a shop's credentials, by vocabulary and by the name that it gives itself.
create table intake_client (
    company_code text not null,
    dialect text not null,
    client text not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    constraint intake_client_pkey primary key (company_code, dialect, client)
);
create index intake_client_last on intake_client (last_seen_at);

-- What the shop itself says about its software.
create table shop_software (
    company_code text not null,
    vendor text not null,
    version text not null,
    stated_by text not null,
    stated_at timestamptz not null,
    constraint shop_software_pkey primary key (company_code)
);

-- 每日对账: the last list that a shop named for a day, and how it compared with what was held then.
create table intake_named_day (
    company_code text not null,
    day date not null,
    named_at timestamptz not null,
    content text not null,          -- JSON: numbers of either side and the lists of differences, each bounded
    constraint intake_named_day_pkey primary key (company_code, day)
);
create index intake_named_day_at on intake_named_day (named_at);
