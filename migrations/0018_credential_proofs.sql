-- How it is known that the AAA takes a password of our own making: one row for each version that was confirmed. A password
-- without a row was given to us, and whoever gives one says that the AAA takes it.
create table credential_proofs (
  device bigint not null,
  writer text not null,
  version int not null,
  -- word: of the writer, for this version. test_login: a login of ours with it, and the AAA's Access-Accept.
  proof text not null check (proof in ('word', 'test_login')),
  -- Name of the Aaa record whose server accepted it.
  aaa text,
  at timestamptz not null default now(),
  request_id text,
  primary key (device, writer, version)
);
