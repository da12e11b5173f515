-- What the network's and billing's systems know and no CPE and no RADIUS record tells: lines with their sites, NASes, work and
-- trouble, stock, what was sold, voice. The rules of misuse look at it, and nothing else does. An item is what its kind says
-- it is (`src/fraud/inventory`); no user name and no secret is in any of them. A person's site, line or call is personal data.

create table inventory (
  kind text not null,
  key text not null,
  -- By what it is found beside its key: the site of a line, the service of an order, the place of a disturbance.
  about text,
  says jsonb not null,
  -- When we were first told what it says now. An order that is written down late is known by it.
  told_at timestamptz not null default now(),
  told_by text not null,
  primary key (kind, key)
);
create index inventory_by_about on inventory (kind, about, told_at);
-- One NAS goes by many names; there are few NASes, and each evaluation asks by a name.
create index inventory_by_alias on inventory using gin ((says -> 'aliases')) where kind = 'nases';

-- A change that concerns a service asks for its credentials.
create index credential_bindings_by_ref on credential_bindings (ref) where ref is not null;

-- Called by the daily tick. What happened, and is past what any rule looks back to: `keptDays` of the kinds of voice.
create function forget_inventory() returns void language sql as $$
  delete from inventory where kind in ('registrations', 'calls') and told_at < now() - interval '9 days';
$$;
