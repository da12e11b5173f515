-- What tells two boxes under one serial apart, and which secrets they share: the rules of misuse had no source for either.

-- When the CPE booted, by its own uptime on our clock; null: it did not say, or the read was the ACS's memory. And when its
-- ACS last saw it bootstrap, in the words of that ACS: that it turned is a bootstrap, the time itself orders nothing here.
alter table device_sightings add column booted_at timestamptz, add column bootstrapped text;

-- Secrets that a CPE shows when it is read, as keyed digests. Most show none, and have no row.
create table device_secrets (
  device bigint not null,
  opens text not null check (opens in ('acs', 'connection_request', 'service')),
  digest text not null,
  -- With this digest: first and last shown.
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (device, opens)
) partition by hash (device);
-- No index on what each read moves on.
create index device_secrets_by_digest on device_secrets (digest);

do $$
begin
  for part in 0..7 loop
    execute format('create table device_secrets_%s partition of device_secrets for values with (modulus 8, remainder %s) with (fillfactor = 80)',
                   part, part);
  end loop;
end $$;

-- Whose service a document will bring, where it brings a credential; the digest is that of `credential_bindings`. What was
-- scheduled before this migration has none, and is known when it becomes current.
alter table scheduled_documents add column credential text;
create index scheduled_documents_by_credential on scheduled_documents (credential) where credential is not null;

-- Who saw a password that we made, by person and by device.
create index events_reveals_by_actor on events (actor, at) where type = 'CredentialGenerated';
create index events_reveals_by_device on events (device, at) where type = 'CredentialGenerated';
create index events_suspensions on events (device, at) where type in ('ServiceSuspended', 'ServiceResumed');
create index swaps_by_writer on swaps (writer, at);
create index findings_by_decider on findings (decided_by, decided_at) where decided_by is not null;
create index credential_bindings_by_changer on credential_bindings (changed_by, from_at);

-- A person whom the policy names did what the rule on insiders looks at: it is asked about him. Everybody else's acts are
-- nobody's business here.
create function note_act() returns trigger language plpgsql as $$
declare
  who text;
begin
  if tg_table_name = 'credential_bindings' then who := new.changed_by; else who := new.actor; end if;
  if exists (select from records where kind = 'FraudPolicy' and name = 'default' and spec -> 'people' ? who) then
    insert into fraud_due as d (kind, id) values ('actor', who)
    on conflict (kind, id) do update set gen = d.gen + 1, due_at = least(d.due_at, excluded.due_at);
  end if;
  return null;
end $$;
create trigger events_note_act after insert on events
  for each row when (new.type in ('CredentialGenerated', 'DeviceSwapped', 'FindingDecided')) execute function note_act();
create trigger credential_bindings_note_act after insert on credential_bindings
  for each row execute function note_act();
