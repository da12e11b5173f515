-- What is done about misuse, and what is asked of the AAA. Both are written down before anything is done, in the
-- transaction that decides, and taken from here by a loop: a crash leaves them to be done, and nobody waits for them.

-- Since when a step of the ladder is switched on, for each pattern: its month in shadow begins then. The trigger keeps it,
-- whoever writes the policy; what was switched off and on again begins anew, and so does a pattern that is added.
create table fraud_steps (
  step text not null check (step in ('rotate', 'disconnect')),
  pattern text not null,
  since timestamptz not null default now(),
  by_owner text not null,
  primary key (step, pattern)
);

create function switch_fraud_steps() returns trigger language plpgsql as $$
declare
  wanted jsonb := '{}';
begin
  if tg_op <> 'DELETE' then wanted := coalesce(new.spec -> 'responses', '{}'); end if;
  delete from fraud_steps s where not coalesce(wanted -> s.step, '[]') ? s.pattern;
  if tg_op <> 'DELETE' then
    insert into fraud_steps (step, pattern, by_owner)
    select w.key, p.value, new.owner
    from jsonb_each(wanted) as w cross join lateral jsonb_array_elements_text(w.value) as p (value)
    on conflict do nothing;
  end if;
  return null;
end $$;
create trigger records_switch_fraud_steps after insert or update on records
  for each row when (new.kind = 'FraudPolicy' and new.name = 'default') execute function switch_fraud_steps();
create trigger records_end_fraud_steps after delete on records
  for each row when (old.kind = 'FraudPolicy' and old.name = 'default') execute function switch_fraud_steps();

-- One row for each response that was decided: done, refused, or only noted while its step is in shadow.
create table fraud_responses (
  response bigint generated always as identity primary key,
  finding bigint not null,
  pattern text not null,
  step text not null check (step in ('rotate', 'disconnect', 'suspend')),
  -- False: a person asked for it.
  automatic boolean not null,
  mode text not null check (mode in ('shadow', 'live')),
  verdict text not null check (verdict in ('act', 'refuse')),
  reason text not null,
  -- `noted`: nothing is to be done. `failed`: a mistake of ours, and it is not tried again.
  state text not null check (state in ('noted', 'open', 'done', 'failed', 'undone')),
  -- Whose service it touches.
  device bigint,
  -- Of a rotation: who gives the credential, and the version of the password that has to be replaced.
  writer text,
  version int,
  -- How many sessions of others it ends, or would have.
  sessions int not null default 0,
  actor text not null,
  why text,
  decided_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  undone_by text,
  check (step <> 'suspend' or not automatic),
  check (mode = 'live' or (state = 'noted' and automatic))
);
create index findings_confirmed on findings (pattern) where state = 'confirmed';
create unique index fraud_responses_once on fraud_responses (finding, step) where automatic;
create index fraud_responses_by_finding on fraud_responses (finding);
create index fraud_responses_open on fraud_responses (response) where state = 'open';
create index fraud_responses_counted on fraud_responses (decided_at) where automatic and verdict = 'act';

-- The caps and the month in shadow hold here, whatever the program believes, and one at a time: who comes second counts
-- what the first has done. Refused as `check_violation`.
create function cap_fraud_responses() returns trigger language plpgsql as $$
declare
  lately int;
  today int;
begin
  perform pg_advisory_xact_lock(7305012);
  new.decided_at := now();
  if not exists (select from fraud_steps s where s.step = new.step and s.pattern = new.pattern
                 and s.since <= now() - interval '30 days') then
    raise exception '% is not switched on for %, or is in shadow', new.step, new.pattern using errcode = 'check_violation';
  end if;
  select count(*) filter (where decided_at > now() - interval '10 minutes'), count(*) into lately, today
  from fraud_responses
  where automatic and verdict = 'act' and mode = 'live' and decided_at > now() - interval '1 day';
  if lately >= 5 or today >= 10 then
    raise exception 'automatic responses are at their cap' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger fraud_responses_capped before insert on fraud_responses
  for each row when (new.automatic and new.mode = 'live' and new.verdict = 'act') execute function cap_fraud_responses();

-- What was decided is history; only what became of it moves on.
create trigger fraud_responses_kept before delete on fraud_responses for each row execute function refuse_change();
create trigger fraud_responses_decided
  before update of finding, pattern, step, automatic, mode, verdict, reason, actor, decided_at on fraud_responses
  for each row execute function refuse_change();

-- What is asked of the AAA, one row for each session. What names the session is copied, as sessions are forgotten.
create table aaa_requests (
  request bigint generated always as identity primary key,
  device bigint,
  purpose text not null check (purpose in ('suspend', 'resume', 'misuse')),
  response bigint,
  session uuid not null,
  session_id text not null,
  nas text,
  nas_address text,
  source_address text,
  asked_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  -- Until then another process may be at it.
  lease_until timestamptz,
  -- `gone`: the NAS does not know the session. `told`: no Aaa record answers for its NAS, an event says it instead.
  -- `moot`: it had ended, or was called off, before anything was sent.
  state text not null default 'waiting'
    check (state in ('waiting', 'acked', 'gone', 'refused', 'unknown', 'told', 'moot')),
  target text,
  packet text check (packet in ('disconnect', 'coa')),
  rounds int not null default 0,
  sent int not null default 0,
  error_cause int,
  detail text,
  answered_at timestamptz
);
create index aaa_requests_due on aaa_requests (due_at) where state = 'waiting';
create index aaa_requests_by_device on aaa_requests (device, request);
create index aaa_requests_by_response on aaa_requests (response) where response is not null;
