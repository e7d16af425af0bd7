-- 全国唯一企业编码: given by the ministry, 15 digits. Equal to company_code for a shop that had it from the start; other
-- for one that was filed while the ministry was out of reach, or moved in. '' while it is being waited for.
alter table enterprise add column national_code text not null default '';
create unique index enterprise_national_code on enterprise (national_code) where national_code <> '';

-- Shops of other nodes, as their own node tells of them: what a file needs to name a shop and to hold back one that is
-- not approved. No contact and no person. Reference table.
create table known_enterprise (
    company_code text not null,
    node_code text not null,        -- two digits of the node that registers it, 00 the ministry
    national_code text not null default '',
    company_name text not null,
    division_code text not null,
    category_code text not null default '',
    review_state text not null,
    told_at timestamptz not null,
    constraint known_enterprise_pkey primary key (company_code)
);
create unique index known_enterprise_national_code on known_enterprise (national_code) where national_code <> '';

-- 企业编码分配 (ministry): every serial ever given, in order and without a gap. The same request gets the same code.
create table code_allocation (
    serial bigint not null,
    company_code text not null,
    node_code text not null,        -- who asked
    request_key text not null,      -- which shop of that node: a digest, not the licence itself
    allocated_at timestamptz not null,
    constraint code_allocation_pkey primary key (serial),
    constraint code_allocation_code_key unique (company_code),
    constraint code_allocation_request_key unique (node_code, request_key)
);

-- 总部对总部: makers that upload for their authorised dealers (ministry), and the list as provinces were told of it.
create table maker (
    maker_code text not null,       -- the account's enterprise code at the ministry
    maker_name text not null,
    unified_credit_code text not null default '',
    brands text[] not null,
    state text not null,            -- 申报 applied / 同意 approved / 不同意 refused / 终止 ended
    valid_from date,                -- of the approval
    valid_until date,               -- last day
    applied_at timestamptz not null,
    decided_at timestamptz,
    decided_by text not null default '',
    reason text not null default '',
    constraint maker_pkey primary key (maker_code),
    constraint maker_state_known check (state in ('applied', 'approved', 'refused', 'ended'))
);

-- Dealers of a maker: who may be uploaded for, with which brand, from when to when.
create table maker_dealer (
    maker_code text not null,
    company_code text not null,     -- the dealer's 维修企业编码 in its province
    brand text not null,
    since_on date not null,
    until_on date,                  -- last day; null: open
    constraint maker_dealer_pkey primary key (maker_code, company_code)
);
create index maker_dealer_company on maker_dealer (company_code);

-- 上传方式 of a shop: one channel at a time, from the day of change on. The latest day that has come counts.
create table shop_channel (
    company_code text not null,
    since_on date not null,
    channel text not null,          -- shop (单店上传) / head_office (总部对总部)
    decided_by text not null,       -- node code of whoever decided
    reason text not null default '',
    decided_at timestamptz not null,
    constraint shop_channel_pkey primary key (company_code, since_on),
    constraint shop_channel_known check (channel in ('shop', 'head_office'))
);
