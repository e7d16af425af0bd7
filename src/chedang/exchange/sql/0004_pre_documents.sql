-- What a province hands up once and whole besides records: figures that it froze. The exchange carries the JSON and does
-- not read it; who knows what it says takes it up.
create table exchange_document (
    node_code text not null,                -- two digits of the province that sent it; '' this node's own, to be sent
    key text not null,                      -- what it is about, chosen by the sender
    content text not null,                  -- JSON
    digest bytea not null,                  -- SHA-256 over the content
    arrived_at timestamptz not null,        -- own: when it was handed over
    taken_at timestamptz,                   -- null: nobody has taken it up yet
    fault text not null default '',         -- Chinese sentence: why it cannot be taken up, as it was tried last
    constraint exchange_document_pkey primary key (node_code, key)
);
create index exchange_document_waiting on exchange_document (arrived_at) where taken_at is null and node_code <> '';
