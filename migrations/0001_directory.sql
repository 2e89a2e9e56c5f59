-- Who there is: places with jurisdiction, organisations, and the people who work for them.

-- The server signs in as, or switches to, this role. It owns nothing and reads room entries only through functions.
do $$
begin
    if not exists (select from pg_roles where rolname = 'ala_app') then
        create role ala_app login;
    end if;
exception
    -- Roles belong to the whole cluster: another database's migration may have made it in this moment.
    when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema public to ala_app;
alter default privileges in schema public grant select, insert, update, delete on tables to ala_app;
alter default privileges in schema public grant usage on sequences to ala_app;
alter default privileges revoke execute on functions from public;
alter default privileges in schema public grant execute on functions to ala_app;

create table cities (
    code text primary key constraint cities_code_is_six_digits check (code ~ '^[0-9]{6}$'),
    name text not null
);

-- Whatever differs by city, with the days on which it holds: a correction is a new row, not a new release.
create table city_rules (
    city_code text not null references cities,
    valid_from date not null,
    rules jsonb not null,
    primary key (city_code, valid_from)
);

create table districts (
    code text primary key constraint districts_code_is_six_digits check (code ~ '^[0-9]{6}$'),
    city_code text not null references cities,
    name text not null
);

create table stations (
    id uuid primary key,
    district_code text not null references districts,
    name text not null,
    phone text not null
);

-- Jurisdiction: every community belongs to one station.
create table communities (
    code text primary key constraint communities_code_is_twelve_digits check (code ~ '^[0-9]{12}$'),
    station_id uuid not null references stations,
    name text not null
);

create table committees (
    id uuid primary key,
    district_code text not null references districts,
    station_id uuid references stations,
    name text not null,
    -- How the seal reads on an agreement.
    seal_name text not null
);

create table workrooms (
    id uuid primary key,
    committee_id uuid not null references committees,
    name text not null,
    about text not null,
    specialities text[] not null default '{}'
);

create table firms (
    id uuid primary key,
    name text not null constraint firms_name_is_unique unique
);

-- A person is not an account, and every contact field is optional: many respondents never sign in.
create table people (
    id uuid primary key,
    name text not null,
    phone text constraint people_phone_is_mobile check (phone ~ '^1[0-9]{10}$'),
    born_on date,
    address text,
    community_code text references communities,
    languages text[] not null default '{zh}',
    created_at timestamptz not null
);
create index people_by_phone on people (phone) where phone is not null;

-- Kin as declared by staff who might mediate; read by the conflict check alone.
create table kin (
    person_id uuid not null references people,
    kin_id uuid not null references people,
    relation text not null,
    declared_at timestamptz not null,
    primary key (person_id, kin_id),
    constraint kin_is_somebody_else check (person_id <> kin_id)
);
