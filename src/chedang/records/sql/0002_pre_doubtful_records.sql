-- Work lists of officers: what came in lately with a finding in it. Few rows, so the index stays small.
create index record_version_doubtful on record_version (received_at, record_id)
    where error_count > 0 or warn_count > 0;
