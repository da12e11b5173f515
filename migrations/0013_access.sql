-- Access and telling others: tokens with networks and successors, keys that are being retired, events in the order of
-- their commits, webhooks with what was delivered.

-- A token that was rotated has one successor, and both are good until `expires_at` of the older one.
alter table tokens
  add column networks text[] not null default '{}',
  -- Requests a second; null is the default of the program.
  add column rate_per_second int check (rate_per_second > 0),
  add column replaces text references tokens,
  add column created_by text,
  add column revoked_by text;
create unique index tokens_by_hash on tokens (hash);
create unique index tokens_replaced_once on tokens (replaces) where replaces is not null;

-- Which token of the actor it was; null for what the controller did.
alter table events add column token_id text;

-- Keys of the ring outside the database, by id. Nothing is sealed under a retired one any more: whoever seals shares a lock
-- with its row until the secret is committed, so that once `retired_at` stands here all that is left under it can be seen.
create table sealing_keys (
  id text primary key,
  first_used_at timestamptz not null default now(),
  retired_at timestamptz
);

-- An id of `events` is given before its transaction ends, so a reader who goes by ids would pass over what is committed
-- late. Therefore each event waits here, in the transaction that made it, and gets its number in the feed by the first
-- reader after its commit, one reader at a time. What was there before this migration is in no feed.
create table event_queue (
  event bigint primary key,
  at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

create table event_feed (
  seq bigint primary key,
  event bigint not null,
  at timestamptz not null
);

-- The last number that was given; it never goes back, whatever is forgotten.
create table event_head (
  one boolean primary key default true check (one),
  seq bigint not null default 0
);
insert into event_head default values;

create function queue_events() returns trigger language plpgsql as $$
begin
  insert into event_queue (event, at) select id, at from added;
  return null;
end $$;
create trigger events_queued after insert on events
  referencing new table as added for each statement execute function queue_events();

-- Not in a transaction of its caller's that sees an older moment: each statement here has to see what is committed now.
create function number_events() returns void language plpgsql as $$
begin
  if not exists (select from event_queue) then
    return;
  end if;
  perform from event_head for update;
  with moved as (
    delete from event_queue
    where event in (select event from event_queue order by event limit 10000)
    returning event, at
  ), put as (
    insert into event_feed (seq, event, at)
    select (select seq from event_head) + row_number() over (order by event), event, at from moved
    returning seq
  )
  update event_head set seq = coalesce((select max(seq) from put), seq);
end $$;

create table webhooks (
  id text primary key,
  owner text not null,
  url text not null,
  -- Types of events, `desired.*` for several; empty: all that its owner may read.
  types text[] not null,
  -- Whether it may lie in a private network, and be spoken to without TLS.
  allow_private boolean not null,
  -- May it tell of tokens, keys and webhooks too?
  sees_access boolean not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  -- Up to which number of the feed its deliveries were made.
  seen_seq bigint not null,
  -- Since when every attempt failed; null after one that succeeded.
  failing_since timestamptz,
  slow_until timestamptz,
  disabled_at timestamptz,
  disabled_why text
);

-- Sealed like the secrets of devices. The newest signs, and so does each older one until it expires.
create table webhook_secrets (
  webhook text not null references webhooks on delete cascade,
  version int not null,
  key_id text not null,
  sealed_key bytea not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  primary key (webhook, version)
);

-- What is owed to a receiver, and what became of it: one row for each webhook and event, and one for each test.
create table webhook_deliveries (
  id bigint generated always as identity primary key,
  webhook text not null references webhooks on delete cascade,
  -- Null: a test.
  seq bigint,
  type text not null,
  body text not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  -- Until then another process may be sending it.
  lease_until timestamptz,
  made_at timestamptz not null default now(),
  last_at timestamptz,
  last_status int,
  last_error text,
  last_ms int,
  unique (webhook, seq)
);
create index webhook_deliveries_due on webhook_deliveries (webhook, next_at, id) where state = 'waiting';
create index webhook_deliveries_old on webhook_deliveries (made_at) where state <> 'waiting';

-- Called by the daily tick.
create function forget_events() returns void language plpgsql set lock_timeout = '2s' as $$
begin
  delete from webhook_deliveries where state <> 'waiting' and made_at < now() - interval '30 days';
  delete from event_feed where at < now() - interval '90 days';
end $$;
