-- 部省交换. All tables are local to the coordinator: one row per message or per shared record, never one per upload.

-- The nodes this one exchanges with. A province has one peer, the ministry; the ministry has the provinces.
create table exchange_peer (
    node_code text not null,
    address text not null default '',       -- base URL of its gate; '' for one that opens the connections itself
    joined_at timestamptz not null,
    last_contact_at timestamptz,            -- last time anything of it was accepted, or it answered
    last_fault text not null default '',    -- code of the last thing that went wrong with it, '' after a success
    last_fault_at timestamptz,
    accepts_schema integer not null default 1,  -- highest schema version it says it reads
    backlog_records bigint not null default 0,  -- what it said is waiting on its side
    backlog_since timestamptz,              -- receipt of the oldest of those
    constraint exchange_peer_pkey primary key (node_code)
);

-- Public keys: own ones too, so that the newest is known. A message counts when its key was good at its time.
create table exchange_key (
    node_code text not null,
    key_id text not null,                   -- first 16 hexadecimal characters of SHA-256 over algorithm and public key
    algorithm text not null,                -- ed25519; sm2 can join
    public_key bytea not null,
    state text not null,                    -- pending (待确认) / active / revoked
    valid_from timestamptz not null,
    valid_until timestamptz,                -- null: open; set when a newer one takes over
    added_at timestamptz not null,
    added_by text not null,
    ended_at timestamptz,
    ended_reason text not null default '',
    constraint exchange_key_pkey primary key (node_code, key_id),
    constraint exchange_key_state_known check (state in ('pending', 'active', 'revoked'))
);

-- Where each channel stands. Outgoing: the last message made; incoming: the last one applied.
create table exchange_channel (
    peer text not null,
    direction text not null,                -- out / in
    epoch integer not null,                 -- begins anew after a restore from a backup
    sequence bigint not null,               -- of the last message, 0 before the first
    digest bytea not null,                  -- of that message's head: the next one carries it
    record_position bigint not null default 0,  -- out: how far the source of records has been put into messages
    notice_position bigint not null default 0,
    acknowledged_sequence bigint not null default 0,    -- out
    acknowledged_position bigint not null default 0,    -- out: record position of that message
    acknowledged_notice_position bigint not null default 0,
    acknowledgement bytea,                  -- in: the signed answer to the last message, given again to a repeat
    changed_at timestamptz not null,
    constraint exchange_channel_pkey primary key (peer, direction),
    constraint exchange_channel_direction_known check (direction in ('out', 'in'))
);

-- Messages made and not yet acknowledged, byte for byte: a repeat after a crash must be the same message.
create table exchange_outgoing (
    peer text not null,
    epoch integer not null,
    sequence bigint not null,
    message bytea not null,
    record_position bigint not null,        -- of the channel after this message
    notice_position bigint not null,
    record_count integer not null,
    oldest_received_at timestamptz,
    made_at timestamptz not null,
    constraint exchange_outgoing_pkey primary key (peer, epoch, sequence)
);

-- What was put into the feed of a province (ministry). Kept: it says what that province should hold.
create table exchange_feed (
    destination text not null,
    seq bigint not null generated always as identity,
    kind text not null,                     -- record, or the kind of a notice
    key text not null default '',           -- of a notice
    vin text not null default '',           -- of a record version
    record_id uuid,
    version integer,
    queued_at timestamptz not null,
    constraint exchange_feed_pkey primary key (destination, seq)
);
create index exchange_feed_record on exchange_feed (record_id, destination) where record_id is not null;
create index exchange_feed_notice on exchange_feed (kind, key, destination) where record_id is null;

-- Where the history of a vehicle goes at present (ministry).
create table exchange_route (
    vin text not null,
    province_code text not null,            -- '' for none, 00: stays with the ministry
    since timestamptz not null,
    constraint exchange_route_pkey primary key (vin)
);

-- What could not be applied: one record or notice, or a whole message nobody can read.
create table exchange_dead_letter (
    letter_id bigint not null generated always as identity,
    peer text not null,
    epoch integer not null,
    sequence bigint not null,
    item integer not null,                  -- number in the message from 0, -1 for the whole message
    kind text not null,                     -- record, kind of a notice, or message
    payload bytea not null,                 -- the item alone, as it was in the message
    reason text not null,                   -- stable code
    detail text not null default '',        -- Chinese sentence, no personal data
    arrived_at timestamptz not null,
    tried_at timestamptz,
    resolved_at timestamptz,
    resolved_by text not null default '',
    constraint exchange_dead_letter_pkey primary key (letter_id)
);
create index exchange_dead_letter_open on exchange_dead_letter (peer) where resolved_at is null;

-- Records of ours that a peer put on its list of dead letters, as its acknowledgement says.
create table exchange_refusal (
    peer text not null,
    epoch integer not null,
    sequence bigint not null,
    item integer not null,
    kind text not null,
    vin text not null default '',
    record_id uuid,
    version integer,
    key text not null default '',
    reason text not null,
    told_at timestamptz not null,
    constraint exchange_refusal_pkey primary key (peer, epoch, sequence, item)
);

-- Calls seen lately: a second one with the same number is a replay.
create table exchange_nonce (
    sender text not null,
    nonce bytea not null,
    seen_at timestamptz not null,
    constraint exchange_nonce_pkey primary key (sender, nonce)
);

-- What operators should know: refused messages, silence, lag, differences, keys. The newest of a kind counts.
create table exchange_event (
    event_id bigint not null generated always as identity,
    at timestamptz not null,
    level text not null,                    -- info / warn / alarm
    kind text not null,                     -- stable code
    peer text not null,
    detail text not null default '',        -- Chinese sentence, no personal data
    ended_at timestamptz,                   -- null: an alarm that still holds
    constraint exchange_event_pkey primary key (event_id)
);
create index exchange_event_at on exchange_event (at);
create index exchange_event_open on exchange_event (kind, peer) where level = 'alarm' and ended_at is null;

-- Reconciliations, and what they found and did.
create table exchange_comparison (
    comparison_id bigint not null generated always as identity,
    peer text not null,
    direction text not null,                -- out: what we should have brought there; in: what we should hold of theirs
    from_on date not null,
    until_on date not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    ours bigint not null default 0,         -- rows compared
    theirs bigint not null default 0,
    differences integer not null default 0,
    repaired integer not null default 0,
    constraint exchange_comparison_pkey primary key (comparison_id)
);
create table exchange_difference (
    comparison_id bigint not null,
    vin text not null,
    record_id uuid not null,
    version integer not null,
    state text not null,                    -- of the row: a moved row stands beside the version that moved it
    received_on date not null,
    division_code text not null,
    kind text not null,                     -- missing_there / missing_here / extra_there / extra_here / altered_there / altered_here
    repaired_at timestamptz,
    detail text not null default '',
    constraint exchange_difference_pkey primary key (comparison_id, vin, record_id, version)
);

-- Rows that a repair took out of a file or replaced, as they stood: evidence, never shown as a record.
create table exchange_set_aside (
    set_aside_id bigint not null generated always as identity,
    vin text not null,
    record_id uuid not null,
    version integer not null,
    row_text text not null,                 -- JSON of the whole row
    reason text not null,
    set_aside_at timestamptz not null,
    constraint exchange_set_aside_pkey primary key (set_aside_id)
);
