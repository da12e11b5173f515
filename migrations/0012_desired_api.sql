-- What the API of desired state keeps beside the documents: operations, answers to be repeated, swaps, suspensions, and
-- documents that become current later.

-- One row for each change of a document: what a caller can wait for. The proof is the engine's, and final.
create table operations (
  device bigint not null,
  writer text not null,
  generation int not null,
  kind text not null check (kind in ('change', 'end')),
  -- Fields that the CPE has to show. Empty: there is nothing to prove.
  fields text[] not null,
  -- How often the device had been made due: a pass that began before knew nothing of this change.
  work_gen bigint not null,
  at timestamptz not null default now(),
  proven_at timestamptz,
  superseded_by int,
  primary key (device, writer, generation)
) partition by hash (device);
create index operations_open on operations (device) where proven_at is null and superseded_by is null;

-- Answers to POST by Idempotency-Key, sealed like a secret, as they may hold one.
create table idempotency_keys (
  owner text not null,
  key text not null,
  -- Keyed digest of method, address and body.
  request text not null,
  -- Until then the first request is taken to be under way; null when it was answered.
  running_until timestamptz,
  status int,
  key_id text,
  sealed_key bytea,
  sealed bytea,
  expires_at timestamptz not null,
  primary key (owner, key)
);
create index idempotency_keys_by_expiry on idempotency_keys (expires_at);

-- A document that was moved to another CPE.
create table swaps (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  writer text not null,
  old_device bigint not null,
  new_device bigint not null,
  old_generation int not null,
  new_generation int not null,
  -- What became of the old CPE, in the words of the caller.
  old_is text,
  request_id text
);
create index swaps_by_old on swaps (old_device, id);
create index swaps_by_new on swaps (new_device, id);

-- A service is suspended while any row stands.
create table suspensions (
  device bigint not null,
  owner text not null,
  reason text not null,
  since timestamptz not null default now(),
  request_id text,
  primary key (device, owner, reason)
);

-- What becomes the current document of (device, writer) later: one at most, as the last word of a writer counts. A
-- password in it stands in `secrets`.
create table scheduled_documents (
  device bigint not null,
  writer text not null,
  due_at timestamptz not null,
  action text not null check (action in ('put', 'end')),
  spec jsonb not null,
  clear_secret boolean not null,
  made_at timestamptz not null default now(),
  request_id text,
  -- It could not become current when it was due.
  failed_at timestamptz,
  failure text,
  primary key (device, writer)
);
create index scheduled_documents_due on scheduled_documents (due_at) where failed_at is null;

do $$
begin
  for part in 0..7 loop
    execute format('create table operations_%s partition of operations for values with (modulus 8, remainder %s) with (fillfactor = 80)',
                   part, part);
  end loop;
end $$;
