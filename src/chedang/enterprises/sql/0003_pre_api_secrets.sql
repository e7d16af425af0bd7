-- Secrets (接口密钥) with which a shop's software calls the native API. The secret itself is kept nowhere.
create table api_secret (
    secret_id text not null,        -- its public part, 8 hexadecimal characters
    company_code text not null,
    digest bytea not null,          -- SHA-256 over the whole secret, which has 256 random bits
    created_at timestamptz not null,
    created_by text not null,       -- account name of the site; over the API 'basic' or a secret's public part
    expires_at timestamptz not null,
    ended_at timestamptz,           -- null: not ended by hand
    ended_by text not null default '',
    last_used_on date,              -- written once a day
    constraint api_secret_pkey primary key (secret_id)
);
create index api_secret_company on api_secret (company_code, created_at);
