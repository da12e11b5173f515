import { sql } from "kysely";
import { testStores } from "../support/stack.ts";
import { benchDatabase } from "./bench-stack.ts";
const d = await benchDatabase();
const s = await testStores(d.db);
await sql`insert into devices (device_id,name,oui,serial,acs,spec_hash,owner) select 'd'||n,'d'||n,'202BC1',n::text,'main','','o' from generate_series(1,100000) n`.execute(
  d.db,
);
await sql`insert into work (device,acs,class,due_at,reason,begun_at) select device,acs,case when device%2=0 then 3 else 4 end,now()-random()*interval '1 day','r', case when device%5000=0 then now() end from devices`.execute(
  d.db,
);
await sql`vacuum analyze`.execute(d.db);
const lease = (await s.engine.acquireLease("main", 0, "h", 600000, 1000))!;
const ids: number[] = [];
const t: number[] = [];
for (let i = 0; i < 60; i++) {
  const b = performance.now();
  const [w] = await s.engine.claim(lease, "drift", 1, 60000);
  t.push(performance.now() - b);
  ids.push(w!.key);
}
console.log(
  "begun first:",
  ids.slice(0, 25).filter((k) => k % 5000 === 0).length,
  "of first 20;",
  ids.slice(18, 24),
  "ms p50",
  t.sort((a, b) => a - b)[30],
);
console.log(
  "unique",
  new Set(ids).size,
  "limit 5 ->",
  (await s.engine.claim(lease, "drift", 5, 60000)).length,
  "other class",
  (await s.engine.claim(lease, "read", 2, 60000)).map((w) => w.class),
  "empty class",
  (await s.engine.claim(lease, "urgent", 1, 1000)).length,
);
console.log(
  "wrong fence",
  (await s.engine.claim({ ...lease, fence: lease.fence - 1 }, "drift", 1, 1000)).length,
);
const both = await Promise.all(
  Array.from({ length: 8 }, () => s.engine.claim(lease, "read", 3, 60000)),
);
const all = both.flat().map((w) => w.key);
console.log("8 at once unique", new Set(all).size, all.length);
await s.engine.releaseLease(lease);
await sql`update acs_slots set lease_until='-infinity'`.execute(d.db);
const l2 = (await s.engine.acquireLease("main", 0, "h2", 600000, 1000))!;
const again = await s.engine.claim(l2, "drift", 100, 1000);
console.log(
  "new fence takes old begun first",
  again.length,
  again.filter((w) => ids.includes(w.key)).length,
);
const q = (
  which: string,
  notex: string,
) => `explain (analyze, buffers, summary) with mine as materialized (select (select true from acs_slots where acs='main' and slot=0 and holder='h2' and fence=${l2.fence} and lease_until>now() for share) as held),
 begun as materialized (select w.device from work w where (select held from mine) and w.acs='main' and w.class=3 and w.due_at<=now() and w.begun_at is not null and (w.lease_until is null or w.lease_until<now() or w.fence<${l2.fence}) order by w.due_at limit 1 for update of w skip locked),
 fresh as materialized (select w.device from work w where (select held from mine) and w.acs='main' and w.class=3 and w.due_at<=now() and not exists (select from begun) and (w.lease_until is null or w.lease_until<now() or w.fence<${l2.fence}) order by w.due_at limit 1 for update of w skip locked),
 c as (select device from begun union all select device from fresh)
 update work w set holder='h2', fence=${l2.fence}, begun_at=coalesce(begun_at,now()), lease_until=now()+interval '1 min' from c, devices d where w.device=c.device and d.device=w.device returning w.device, d.device_id`;
await sql`update work set begun_at=null`.execute(d.db);
await sql`vacuum analyze work`.execute(d.db);
for (const r of (await d.pool.query(q("", ""))).rows) console.log(r["QUERY PLAN"]);
await d.close();
process.exit(0);
