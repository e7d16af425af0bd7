-- 预期上传量 and shares of errors of shops, counted by the worker once a day from the day figures, and anew at any time.

create table shop_expectation (
    company_code text not null,
    counted_on date not null,        -- last day of the periods, Asia/Shanghai
    weeks smallint,                  -- of the window that was judged; null: too little history or volume to judge
    observed integer,                -- records that came in within it
    expected real,
    lower_bound integer,             -- fewer come by chance less often than the tail says
    season real,                     -- the area in these weeks against its usual level
    is_falling boolean not null,
    standing integer not null,       -- records of the last days (data/expectation.toml) that are not void
    faulty integer not null,         -- of these, with an error
    doubtful integer not null,       -- of these, with an error or a doubt
    constraint shop_expectation_pkey primary key (company_code)
);
