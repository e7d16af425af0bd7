-- What a shop or its authority tells the public beside the registration: where it lies, what it is good at.
create table shop_profile (
    company_code text not null,
    latitude numeric(8, 5),          -- degrees, CGCS2000 (within a metre of WGS 84); null: not told
    longitude numeric(8, 5),
    brands text[] not null default '{}',          -- 授权或主修品牌, as signs read
    repairs_nev boolean not null default false,   -- 新能源汽车维修
    is_emission_station boolean not null default false, -- 汽车排放性能维护（维修）站, M 站
    opening_hours text not null default '',
    credit_grade text not null default '',        -- 质量信誉考核: AAA / AA / A / B; '' not assessed
    credit_year smallint,
    told_by text not null,           -- account or command that wrote it last
    told_at timestamptz not null,
    constraint shop_profile_pkey primary key (company_code),
    constraint shop_profile_place_whole check ((latitude is null) = (longitude is null)),
    constraint shop_profile_place_on_earth check (latitude between -90 and 90 and longitude between -180 and 180),
    constraint shop_profile_grade_known check (credit_grade in ('', 'AAA', 'AA', 'A', 'B')),
    constraint shop_profile_grade_has_year check (credit_grade = '' or credit_year is not null)
);
