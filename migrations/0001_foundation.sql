-- Records, devices, desired state, observations, work, the ACS's slot, intents, events: the whole path.
-- Large state is partitioned by hash of the device and history by month, with the device in every key, so that the same
-- schema runs on one PostgreSQL and on a distributed one. Times are the database's; nobody else's clock orders anything.

create table meta (
  key text primary key,
  value jsonb not null
);

-- Records written by people, current revision. Devices have a table of their own.
create table records (
  kind text not null,
  name text not null,
  revision int not null,
  labels jsonb not null default '{}',
  spec jsonb not null,
  spec_hash text not null,
  owner text not null,
  origin text not null default 'manifest',
  changed_at timestamptz not null default now(),
  primary key (kind, name)
);

create table record_revisions (
  kind text not null,
  name text not null,
  revision int not null,
  labels jsonb not null,
  spec jsonb not null,
  owner text not null,
  request_id text,
  at timestamptz not null default now(),
  primary key (kind, name, revision)
);

create table devices (
  device bigint generated always as identity primary key,
  device_id text not null unique,
  name text not null unique,
  oui text not null,
  product_class text,
  serial text not null,
  acs text not null,
  labels jsonb not null default '{}',
  facts jsonb,
  hold jsonb,
  revision int not null default 1,
  spec_hash text not null,
  owner text not null,
  registered_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index devices_by_acs on devices (acs, device);
create index devices_by_labels on devices using gin (labels jsonb_path_ops);

-- Other names of a device: serial, MAC, billing's ref. Not unique on purpose: several matches are an answer of their own.
create table device_aliases (
  alias text not null,
  device bigint not null references devices,
  kind text not null,
  primary key (alias, device)
);
create index device_aliases_by_device on device_aliases (device);

-- One document for each device and writer. The spec holds no secret, only `{"version": n}` in its place.
create table desired_documents (
  device bigint not null,
  writer text not null,
  generation int not null,
  spec jsonb not null,
  changed_at timestamptz not null default now(),
  changed_by text not null,
  request_id text,
  ended_at timestamptz,
  primary key (device, writer)
) partition by hash (device);

create table desired_revisions (
  device bigint not null,
  writer text not null,
  generation int not null,
  spec jsonb not null,
  changed_by text not null,
  request_id text,
  ended boolean not null default false,
  at timestamptz not null default now(),
  primary key (device, writer, generation, at)
) partition by range (at);

-- Envelope encryption: a data key for each secret, itself sealed under a key of the ring outside the database.
create table secrets (
  device bigint not null,
  writer text not null,
  field text not null,
  version int not null,
  digest text not null,
  key_id text not null,
  sealed_key bytea not null,
  sealed bytea not null,
  changed_at timestamptz not null default now(),
  primary key (device, writer, field)
) partition by hash (device);

-- What we believe a device holds where it never reads back: assumed (found so) or written (by us, and proven alive after).
create table secret_states (
  device bigint not null,
  logical text not null,
  digest text not null,
  origin text not null check (origin in ('assumed', 'written')),
  at timestamptz not null default now(),
  primary key (device, logical)
) partition by hash (device);

-- An ended credential is owed to be gone from the CPE until a read proves it. Survives the device's record.
create table revocations (
  id bigint generated always as identity primary key,
  device bigint not null,
  writer text not null,
  username text not null,
  realm text not null,
  owed_since timestamptz not null default now(),
  proven_at timestamptz,
  proof text
);
create index revocations_owed on revocations (device) where proven_at is null;

create table observations (
  device bigint not null,
  read_at timestamptz not null,
  map_name text not null,
  map_hash text not null,
  -- Readings by full path, without any secret: the names that the map wants, not the whole tree.
  readings jsonb not null,
  -- Subtrees that were read wholly: what is not in `readings` below them is not on the device.
  covered text[] not null default '{}',
  -- Outcome by logical parameter, as `plumb describe` shows it.
  decoded jsonb not null,
  change_id text not null,
  primary key (device)
) partition by hash (device);

create table observation_changes (
  device bigint not null,
  at timestamptz not null,
  logical text not null,
  before jsonb,
  after jsonb not null,
  change_id text not null
) partition by range (at);
create index observation_changes_by_device on observation_changes (device, at);

-- Which credential was seen on which device, by keyed digest of the normalised user name.
create table sightings (
  credential text not null,
  device bigint not null,
  logical text not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  primary key (credential, device, logical)
);
create index sightings_by_device on sightings (device);

create table device_status (
  device bigint not null,
  state text not null,
  reason text not null,
  message text not null,
  since timestamptz not null default now(),
  next_at timestamptz,
  generation text not null default '',
  conditions jsonb not null default '[]',
  -- Operations that failed, by signature, for "never a third time in the same way".
  failures jsonb not null default '{}',
  -- Null until the first answer about reachability.
  reachable boolean,
  contact_at timestamptz,
  converged_at timestamptz,
  -- Beyond this moment the proof of `converged` is older than its budget, and the device is shown as unknown.
  fresh_until timestamptz,
  primary key (device)
) partition by hash (device);
create index device_status_by_state on device_status (state, device);

-- One permanent row for each device. Being due is the only way to be worked on, whatever woke it.
create table work (
  device bigint primary key references devices,
  acs text not null,
  class smallint not null,
  due_at timestamptz not null,
  gen bigint not null default 1,
  reason text not null,
  holder text,
  fence bigint,
  lease_until timestamptz,
  -- When the change that is under way was begun; null when none is. What was begun is finished before more is begun.
  begun_at timestamptz
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index work_due on work (acs, due_at);
create index work_urgent on work (acs, due_at) where class = 0;
create index work_class on work (acs, class, due_at);
create index work_begun on work (acs, class, due_at) where begun_at is not null;

-- The right to call an ACS: one holder at a time, on database time, with a fencing number that only grows.
create table acs_slots (
  acs text not null,
  slot smallint not null,
  holder text not null default '',
  fence bigint not null default 0,
  lease_until timestamptz not null default '-infinity',
  -- How long a call of the last holder may still be in flight after its lease; a take-over waits it out.
  deadline_ms int not null default 0,
  stats jsonb not null default '{}',
  stats_at timestamptz,
  primary key (acs, slot)
) with (fillfactor = 50);

-- Written before a call that changes something; the outcome after it; the verdict by a later read. A row without an
-- outcome after a crash means: nobody knows. Rows with an outcome and without a verdict are what the ACS may still do.
create table intents (
  id bigint generated always as identity primary key,
  device bigint not null,
  acs text not null,
  slot smallint not null,
  fence bigint not null,
  change_id text not null,
  class smallint not null,
  generation text not null,
  map_hash text not null,
  plan_hash text not null,
  step int not null,
  steps int not null,
  fields text[] not null,
  edits jsonb not null,
  reason text not null,
  intended_at timestamptz not null default now(),
  outcome text,
  outcome_detail text,
  outcome_at timestamptz,
  verdict text,
  verdict_at timestamptz
);
create index intents_open on intents (device) where verdict is null;
create index intents_by_device on intents (device, id);

-- A map is proven in this installation for one model, firmware and content by one device.
create table map_proofs (
  model text not null,
  firmware text not null,
  map_hash text not null,
  device bigint not null,
  state text not null check (state in ('proving', 'proven')),
  since timestamptz not null default now(),
  proven_at timestamptz,
  primary key (model, firmware, map_hash)
);

create table stops (
  id bigint generated always as identity primary key,
  acs text,
  selector text,
  reason text not null,
  by_owner text not null,
  at timestamptz not null default now(),
  ended_at timestamptz,
  ended_by text
);
create index stops_in_force on stops (id) where ended_at is null;

create table tokens (
  id text primary key,
  owner text not null,
  scopes text[] not null,
  hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);

create table events (
  id bigint generated always as identity,
  at timestamptz not null default now(),
  device bigint,
  type text not null,
  actor text not null,
  request_id text,
  data jsonb not null default '{}',
  primary key (id, at)
) partition by range (at);
create index events_by_device on events (device, id);

-- Each state table in eight parts; the number only matters for vacuum and for moving parts to other machines.
do $$
declare parent text;
begin
  foreach parent in array array['desired_documents', 'secrets', 'secret_states', 'observations', 'device_status'] loop
    for part in 0..7 loop
      execute format('create table %I partition of %I for values with (modulus 8, remainder %s) with (fillfactor = 80)',
                     parent || '_' || part, parent, part);
    end loop;
  end loop;
end $$;

-- History by month. Called at start and by the daily tick; what no month holds goes to the default part, never lost.
create function ensure_month_partitions(ahead int default 2) returns void language plpgsql as $$
declare
  parent text;
  month timestamptz;
begin
  foreach parent in array array['desired_revisions', 'observation_changes', 'events'] loop
    for i in 0..ahead loop
      month := date_trunc('month', now() at time zone 'utc' + make_interval(months => i)) at time zone 'utc';
      execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
                     parent || to_char(month at time zone 'utc', '_YYYYMM'), parent, month,
                     (month at time zone 'utc' + interval '1 month') at time zone 'utc');
    end loop;
  end loop;
end $$;

create table desired_revisions_default partition of desired_revisions default;
create table observation_changes_default partition of observation_changes default;
create table events_default partition of events default;
select ensure_month_partitions();

-- History is append-only: a mistake is corrected by a later row.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'history is append-only: % on %', tg_op, tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger events_append_only before update or delete on events for each row execute function refuse_change();
create trigger desired_revisions_append_only before update or delete on desired_revisions for each row execute function refuse_change();
create trigger observation_changes_append_only before update or delete on observation_changes for each row execute function refuse_change();
create trigger record_revisions_append_only before update or delete on record_revisions for each row execute function refuse_change();
