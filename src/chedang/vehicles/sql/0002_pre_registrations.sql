-- 车籍 as stated on a 行驶证 (owner's binding) or by an authority: goes before what a plate says.
create table vehicle_registration (
    vin text not null,
    province_code text not null,    -- two digits
    basis text not null,            -- driving_licence / authority
    stated_by text not null,        -- node code
    stated_at timestamptz not null,
    constraint vehicle_registration_pkey primary key (vin)
);
