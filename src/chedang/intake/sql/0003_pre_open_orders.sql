-- Jobs that come in several calls and are not settled yet (接车, 配件 before 结算); a local table where Citus is.
-- Holds nothing beyond the 13 elements. A row goes when its order becomes a record of the same number, and after an age.
create table open_order (
    company_code text not null,
    family text not null,           -- wire vocabulary: each has a number space of its own
    order_key text not null,        -- what the shop calls the order: 工单号, 检验单编号
    content text not null,          -- JSON: of the 13 elements what has come so far; empty once it is a record
    settled_at timestamptz,         -- the settling step has come and its record is being stored
    record_id uuid,                 -- the record it became, where that has another number
    opened_at timestamptz not null,
    changed_at timestamptz not null,
    constraint open_order_pkey primary key (company_code, family, order_key)
);
create index open_order_changed on open_order (changed_at);
