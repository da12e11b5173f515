-- Misuse of credentials: what the rules look at beside RADIUS, what they found, and what waits to be looked at. Digests are
-- keyed and equal to those of `sightings` and of the RADIUS tables; a line, a MAC or a place tied to a customer is personal data.

-- What a CPE showed in one read, as far as the rules ask for it. The last week, and the newest of each device.
create table device_sightings (
  device bigint not null,
  at timestamptz not null,
  -- The CPE spoke then; false: it stood in the memory of its ACS.
  live boolean not null,
  credential text,
  macs text[] not null,
  firmware text,
  primary key (device, at)
) partition by hash (device);
create index device_sightings_by_credential on device_sightings (credential) where credential is not null;
create index device_sightings_by_mac on device_sightings using gin (macs);

-- Which device billing gave a credential to, from when until when. The trigger below keeps it, whoever writes documents; the
-- digest is the program's to make, as no key is in the database, and the name in clear goes when it is made.
create table credential_bindings (
  binding bigint generated always as identity primary key,
  device bigint not null,
  writer text not null,
  ref text,
  username text,
  realm text,
  credential text,
  -- The same without its realm.
  bare text,
  from_at timestamptz not null default now(),
  until_at timestamptz,
  -- The service ended; else the document named another credential from then on.
  ended boolean not null default false,
  changed_by text not null
);
create unique index credential_bindings_in_force on credential_bindings (device, writer) where until_at is null;
create index credential_bindings_by_device on credential_bindings (device);
create index credential_bindings_by_credential on credential_bindings (credential);
create index credential_bindings_by_bare on credential_bindings (bare);
create index credential_bindings_new on credential_bindings (binding) where username is not null;

create function bind_credential() returns trigger language plpgsql as $$
declare
  before jsonb;
  after jsonb;
  old_ref text;
  new_ref text := new.spec #>> '{service,ref}';
begin
  if tg_op = 'UPDATE' and old.ended_at is null then
    before := old.spec -> 'credentials';
    old_ref := old.spec #>> '{service,ref}';
  end if;
  if new.ended_at is null then after := new.spec -> 'credentials'; end if;
  if before ->> 'username' is not distinct from after ->> 'username'
    and before ->> 'realm' is not distinct from after ->> 'realm' and old_ref is not distinct from new_ref then
    return null;
  end if;
  update credential_bindings set until_at = now(), ended = new.ended_at is not null
  where device = new.device and writer = new.writer and until_at is null;
  if after ->> 'username' is not null then
    insert into credential_bindings (device, writer, ref, username, realm, changed_by)
    values (new.device, new.writer, new_ref, after ->> 'username', coalesce(after ->> 'realm', ''), new.changed_by);
  end if;
  return null;
end $$;
create trigger desired_documents_bind after insert or update on desired_documents
  for each row execute function bind_credential();

insert into credential_bindings (device, writer, ref, username, realm, from_at, changed_by)
select device, writer, spec #>> '{service,ref}', spec #>> '{credentials,username}',
  coalesce(spec #>> '{credentials,realm}', ''), changed_at, changed_by
from desired_documents where ended_at is null and spec #>> '{credentials,username}' is not null;

create table findings (
  finding bigint generated always as identity primary key,
  -- Pattern, credential and pair: one is open at a time.
  key text not null,
  pattern text not null,
  -- What was looked at when it was found: `credential DIGEST`, `serial DEVICE` and so on.
  focus text not null,
  credential text,
  severity text not null,
  state text not null check (state in ('suspected', 'confirmed', 'actioned', 'closed')),
  -- All of it, with its evidence, as the rules made it.
  content jsonb not null,
  -- Devices of ours that it speaks of.
  devices bigint[] not null,
  opened_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  closed_at timestamptz,
  decision text,
  decided_by text,
  decided_at timestamptz,
  decided_why text
);
create unique index findings_open on findings (key) where state <> 'closed';
create index findings_by_credential on findings (credential) where credential is not null;
create index findings_by_focus on findings (focus);
create index findings_by_device on findings using gin (devices);

-- What time alone may change: the end of a quiet window, a grace time.
create table fraud_waiting (
  key text primary key,
  focus text not null,
  due_at timestamptz not null,
  held boolean not null
);
create index fraud_waiting_due on fraud_waiting (due_at);
create index fraud_waiting_by_focus on fraud_waiting (focus);

-- Told in the report of the first day, and no finding of its own until it is proven.
create table fraud_reported (
  key text primary key,
  pattern text not null,
  confirmed boolean not null,
  at timestamptz not null default now()
);

-- What something came in about, until it is evaluated: written with what came, so a crash loses nothing.
create table fraud_due (
  kind text not null,
  id text not null,
  -- What was received from then on is new.
  since timestamptz not null default now(),
  due_at timestamptz not null default now(),
  -- Grows with each that comes while it waits.
  gen bigint not null default 1,
  primary key (kind, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index fraud_due_order on fraud_due (due_at);

-- Credentials of which each Interim may tell something: more than one box or place, a finding, an end; and the MACs of their
-- sessions that show no credential. Of all others only the beginning and the end of a session are looked at.
create table fraud_watched (
  id text primary key
);
create index radius_logins_by_mac on radius_events (mac, received_at) where kind in ('accept', 'login');
create index radius_sessions_by_nas on radius_sessions (nas, started_at);

do $$
begin
  for part in 0..7 loop
    execute format('create table device_sightings_%s partition of device_sightings for values with (modulus 8, remainder %s)',
                   part, part);
  end loop;
end $$;

create function forget_sightings() returns void language sql as $$
  delete from device_sightings s
  where s.at < now() - interval '8 days'
    and exists (select from device_sightings newer where newer.device = s.device and newer.at > s.at);
$$;
