-- Agreements: one a dispute, drafted by the neutrals, frozen when put up, signed sealed from one another.

-- The running number of each organ's agreements in a year, as the file has it.
create table agreement_numbers (
    organ_id uuid not null,
    year smallint not null,
    last integer not null,
    primary key (organ_id, year)
);
revoke delete on agreement_numbers from ala_app;

create table agreements (
    id uuid primary key,
    dispute_id uuid not null constraint agreements_one_a_dispute unique references disputes,
    -- The committee or station whose agreement it is.
    organ_id uuid not null,
    number text not null,
    -- How many events it has behind it. Not told to anybody: it grows with every sealed signature.
    version bigint not null,
    -- How often the draft was written.
    revision integer not null,
    -- How often it was put up; signatures count for one round only.
    round smallint not null default 0,
    status text not null constraint agreements_status_is_known
        check (status in ('draft', 'up_for_signing', 'effective', 'void')),
    draft jsonb not null,
    text text,
    text_hash text,
    requires_wet_ink boolean not null default false,
    effective_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint agreements_number_is_unique unique (organ_id, number),
    constraint agreements_have_a_text_once_up check (status in ('draft', 'void') or text is not null),
    constraint agreements_hash_is_of_the_text check (
        text_hash is not distinct from encode(sha256(convert_to(text, 'UTF8')), 'hex')),
    constraint agreements_in_effect_since check ((status = 'effective') = (effective_at is not null))
);
revoke delete on agreements from ala_app;

-- What people sign stays as it is; what is in effect or void stays so. Only reopening the draft drops the text.
create function agreements_keep_their_text() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if old.status in ('effective', 'void') and new.status <> old.status then
        raise exception 'an agreement in effect or void stays so'
            using errcode = 'check_violation', constraint = 'agreements_end_once';
    end if;
    if old.status <> 'draft' and not (old.status = 'up_for_signing' and new.status = 'draft')
        and (new.number, new.draft, new.revision, new.round, new.text, new.text_hash, new.requires_wet_ink)
            is distinct from
            (old.number, old.draft, old.revision, old.round, old.text, old.text_hash, old.requires_wet_ink)
    then
        raise exception 'the text that is up for signing is frozen'
            using errcode = 'check_violation', constraint = 'agreements_text_is_frozen';
    end if;
    return new;
end
$$;
create trigger agreements_keep_their_text before update on agreements
    for each row execute function agreements_keep_their_text();

-- What happened to an agreement, in order. Who signed is in here before the others may know: for the rules and the
-- audit, never for a screen.
create table agreement_events (
    agreement_id uuid not null references agreements,
    seq bigint not null,
    event jsonb not null,
    -- absent: what followed from the dispute's end
    caused_by uuid references accounts,
    happened_at timestamptz not null,
    primary key (agreement_id, seq)
);
revoke update, delete on agreement_events from ala_app;

-- Signatures of parties and mediator, and the committee's seal. Nobody takes one back: reopening begins a new round.
create table signatures (
    agreement_id uuid not null references agreements,
    round smallint not null,
    kind text not null constraint signatures_kind_is_known check (kind in ('party', 'mediator', 'seal')),
    party_id uuid references parties,
    committee_id uuid references committees,
    person_id uuid not null references people,
    acting text constraint signatures_acting_is_known check (acting in ('party', 'agent', 'guardian')),
    method text constraint signatures_method_is_known
        check (method in ('electronic', 'wet_ink', 'fingerprint', 'stamp')),
    text_hash text not null,
    -- The digest of the scanned paper.
    evidence text,
    -- Who gave or recorded it, on which device (电子签名法 Art 13: data only the signer controls).
    given_by uuid not null references accounts,
    login_id uuid not null references logins,
    signed_at timestamptz not null,
    constraint signatures_once unique nulls not distinct (agreement_id, round, kind, party_id, person_id),
    constraint signatures_of_parties_name_them check
        ((kind = 'party') = (party_id is not null) and (kind = 'party') = (acting is not null)),
    constraint signatures_seal_names_its_committee check
        ((kind = 'seal') = (committee_id is not null) and (kind = 'seal') = (method is null)),
    constraint signatures_on_paper_show_it check (coalesce(method, 'electronic') = 'electronic' or evidence is not null)
);
revoke update, delete on signatures from ala_app;

-- A signature stands under the text that is up at this moment, or nowhere (电子签名法 Art 13).
create function signatures_are_of_the_text() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (
        select from agreements a where a.id = new.agreement_id and a.status = 'up_for_signing'
            and a.round = new.round and a.text_hash = new.text_hash
            and (not a.requires_wet_ink or new.method is distinct from 'electronic')
    ) then
        raise exception 'this is not the text that is up for signing'
            using errcode = 'check_violation', constraint = 'signatures_are_of_the_text';
    end if;
    return new;
end
$$;
create trigger signatures_are_of_the_text before insert on signatures
    for each row execute function signatures_are_of_the_text();
