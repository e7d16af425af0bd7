-- 质量指标 of shops: derived from their records by the worker, night by night, and counted anew at any time.

-- Figures of one shop over the twelve months before counted_on. Counts only: shares are reckoned when they are read.
create table shop_figures (
    company_code text not null,
    city_code text not null,         -- first four digits of the shop's division: prefecture or 直辖市
    counted_on date not null,        -- last day of the twelve months, Asia/Shanghai
    counted_at timestamptz not null,
    jobs integer not null,           -- settled jobs that stand
    judged integer not null,         -- of these, jobs whose legal warranty can be counted
    reworked integer not null,       -- of these, jobs after which the car came back for the same item within it
    rework_pairs text not null,      -- JSON: the newest of them, for the shop's own list
    received integer not null,
    on_time integer not null,
    dated integer not null,
    standing integer not null,
    doubtful integer not null,
    faulty_at_first integer not null,
    mended integer not null,
    months integer not null,
    last_on date,                    -- day of the newest record within the twelve months
    first_on date,                   -- day of the shop's first record ever
    constraint shop_figures_pkey primary key (company_code)
);
create index shop_figures_counted on shop_figures (counted_on);
create index shop_figures_city on shop_figures (city_code);

-- Histogram of hours: how often a shop took so many tenths of an hour for an item of the vocabulary.
create table shop_hours (
    company_code text not null,
    item text not null,              -- key of the vocabulary of vehicles
    tenths smallint not null,        -- hours in steps of 0.1
    jobs integer not null,
    constraint shop_hours_pkey primary key (company_code, item, tenths)
);

-- The same of all shops of a city together.
create table city_hours (
    city_code text not null,
    item text not null,
    tenths smallint not null,
    jobs integer not null,
    constraint city_hours_pkey primary key (city_code, item, tenths)
);

-- Who stands behind one histogram of a city: what decides whether it may be shown.
create table city_item (
    city_code text not null,
    item text not null,
    shops integer not null,
    jobs integer not null,
    first_code text not null,        -- the shop with most of the jobs
    first_jobs integer not null,
    second_jobs integer not null,    -- of the next; 0 for none
    constraint city_item_pkey primary key (city_code, item)
);

-- Up to which day the cities were added up last.
create table city_round (
    only_row boolean not null default true,
    counted_on date not null,
    constraint city_round_pkey primary key (only_row),
    constraint city_round_one_row check (only_row)
);

-- 可信维修企业: earned or not on the day it was judged last, with every condition and its figure.
create table shop_badge (
    company_code text not null,
    is_earned boolean not null,
    since_on date,                   -- earned without a break since; null: not earned
    judged_at timestamptz not null,
    formula_version integer not null,
    conditions text not null,        -- JSON
    constraint shop_badge_pkey primary key (company_code)
);
