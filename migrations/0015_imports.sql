-- What became of each import and of each of its lines, for whoever lost the answer. Never what a line held.

create table imports (
  id text primary key,
  owner text not null,
  at timestamptz not null default now(),
  request_id text,
  lines int not null,
  -- Devices that would change, once every line was rehearsed.
  wanted int,
  -- Null while it goes on. `refused`: nothing was written; `broken`: some lines may not have been looked at.
  ended text check (ended in ('done', 'refused', 'broken')),
  -- Why it was refused or broke off.
  code text,
  message text,
  -- When it last got on: one that is silent was cut off with its process.
  seen_at timestamptz not null default now(),
  ended_at timestamptz
);
create index imports_by_owner on imports (owner, at desc, id);
create index imports_by_age on imports (at);

-- A line stands here once nothing more happens to it.
create table import_lines (
  import text not null references imports on delete cascade,
  line int not null,
  -- Null where it names none.
  device text,
  outcome text not null check (outcome in ('created', 'changed', 'unchanged', 'refused')),
  operation text,
  -- Of a line that was refused: code, message and places.
  problem jsonb,
  primary key (import, line)
);
