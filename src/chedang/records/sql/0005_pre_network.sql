-- Days of receipt, for the daily comparison between nodes. Block ranges cost an upload next to nothing; new ones are
-- summarised as they fill, for until then they hide nothing from a search.
create index record_version_received on record_version using brin (received_at) with (autosummarize = on);

-- Code tables and limits as the ministry publishes them, each version with the day from which it counts.
create table rule_document (
    kind text not null,             -- limits / codes
    name text not null,             -- of a code table; '' for limits
    version integer not null,
    effective_on date not null,
    content text not null,          -- TOML
    published_at timestamptz not null,
    published_by text not null,
    constraint rule_document_pkey primary key (kind, name, version)
);
