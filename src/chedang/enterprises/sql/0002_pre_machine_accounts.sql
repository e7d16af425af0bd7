-- Names under which the software of a shop signs in besides the shop's own code, one row each.
create table machine_account (
    kind text not null,             -- login (user name) / openapi (appId) / carlife (companyIdentity)
    account text not null,
    company_code text not null,
    password_hash text not null default '', -- login: argon2id; '' means the shop's own password
    sealed_secret bytea,            -- openapi, carlife: the shared secret, encrypted with a key of the node
    created_at timestamptz not null,
    constraint machine_account_pkey primary key (kind, account),
    constraint machine_account_kind_known check (kind in ('login', 'openapi', 'carlife'))
);
create index machine_account_company on machine_account (company_code);

-- Which shops a chain's head office may upload for.
create table chain_member (
    chain_code text not null,       -- 维修企业编码 of the chain's head office
    company_code text not null,     -- 维修企业编码 of the shop
    created_at timestamptz not null,
    constraint chain_member_pkey primary key (chain_code, company_code)
);
