-- A shop's own work lists: what is to be mended, and what was voided. Few rows of many, so the indexes stay small.
create index record_version_shop_doubtful on record_version (company_code, received_at)
    where error_count > 0 or warn_count > 0;
create index record_version_shop_void on record_version (company_code, received_at) where state = 'void';
