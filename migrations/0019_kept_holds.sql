-- A hold for fraud outlives the document of the service that it stands on: whoever may end a service may not lift by it what
-- somebody else holds. It waits for the credential to be given again, on whatever device.
create table kept_holds (
  username text not null,
  realm text not null,
  owner text not null,
  reason text not null,
  -- Where it stood; its owner lifts it there.
  device bigint not null,
  since timestamptz not null,
  request_id text,
  primary key (username, realm, owner, reason)
);
create index kept_holds_device on kept_holds (device);
