-- 维修经营者 (repair enterprises) of this node. A reference table where Citus is: small, read everywhere.

create table enterprise (
    company_code text not null,                 -- 维修企业编码, 12 to 15 digits; the login of the shop's software
    enterprise_id bigint not null generated always as identity, -- short number inside access tokens
    company_name text not null,
    division_code text not null,                -- 所在行政区划代码, six digits
    category_code text not null default '',     -- 经营业务类别 01 / 02 / 03
    road_transport_license text not null default '',  -- 道路运输经营许可证号 / 备案号
    unified_credit_code text not null default '',
    address text not null default '',
    postal_code text not null default '',
    economic_category_code text not null default '',
    linkman_name text not null default '',      -- personal data: masked on pages, never logged
    linkman_phone text not null default '',
    superintendent_name text not null default '',
    superintendent_phone text not null default '',
    business_scope text not null default '',
    license_start_on date,
    license_end_on date,                        -- null: open-ended (99990909, 99991231) or not given
    operation_state_code text not null default '',
    email text not null default '',
    findings text not null default '[]',        -- JSON: doubts about the registration, for the reviewer
    review_state text not null,                 -- 待审核 pending / 审核成功 approved / 审核不成功 rejected
    reviewed_at timestamptz,
    reviewed_by text not null default '',
    review_reason text not null default '',
    password_hash text not null,                -- argon2id, never the password
    password_is_weak boolean not null default false, -- to be changed by the shop
    password_changed_at timestamptz,            -- null: still the one it came with; a repeated import spares a changed one
    token_generation integer not null default 0,     -- raising it ends every token issued before
    source text not null,                       -- registered (by its own software) / imported (moved in)
    created_at timestamptz not null,
    constraint enterprise_pkey primary key (company_code),
    constraint enterprise_id_key unique (enterprise_id),
    constraint enterprise_review_state_known check (review_state in ('pending', 'approved', 'rejected')),
    constraint enterprise_source_known check (source in ('registered', 'imported'))
);

create index enterprise_unified_credit_code on enterprise (unified_credit_code) where unified_credit_code <> '';
create index enterprise_road_transport_license on enterprise (road_transport_license) where road_transport_license <> '';
create index enterprise_name on enterprise (division_code, company_name);
create index enterprise_review_state on enterprise (review_state, created_at);

-- The serial inside the codes this node issues. One row, locked while a code is issued: no gap, no code twice.
create table enterprise_serial (
    only_row boolean not null default true,
    next_serial bigint not null,
    constraint enterprise_serial_pkey primary key (only_row),
    constraint enterprise_serial_one_row check (only_row)
);
insert into enterprise_serial (next_serial) values (1);
