/**
 * What the inventory tells of a neighbourhood: one statement, and one more where NASes are told, as everything else goes by
 * their names. Each name is one look into an index; a kind that nobody told of costs nothing.
 */
import { sql } from "kysely";
import { INVENTORY } from "../../fraud/inventory/kinds.ts";
import type { InventoryFacts, Near, Told } from "../../fraud/inventory/kind.ts";
import { nasesNamed, nearOf, type Neighbourhood } from "../../fraud/inventory/near.ts";
import type { Service } from "../../fraud/facts/billing.ts";
import type { Disturbance, Nas } from "../../fraud/facts/network.ts";
import { INVENTORY_KIND_NAMES, type InventoryKindName } from "../../model/inventory.ts";
import type { Trx } from "../transaction.ts";
import { list } from "./query.ts";

/** Items by one name; the newest count. More orders of one service than this are a mistake of whoever told them. */
const BY_NAME_AT_MOST = 200;
/** Lines at one place that are counted: the rules ask for more than 500. */
const LINES_COUNTED = 1_000;

export interface Moment {
  readonly now: Date;
  /** Kinds of which anything is told. */
  readonly told: readonly InventoryKindName[];
}

/**
 * The database's clock, and with it which kinds have to be asked at all. One step into the index for each kind: asked whether
 * there is any, PostgreSQL read a million lines to find no order (280 ms, before the table was analyzed).
 */
export async function momentOf(trx: Trx): Promise<Moment> {
  const { rows } = await sql<Moment>`
    select now() as now, array(
      select k from unnest(${[...INVENTORY_KIND_NAMES]}::text[]) k
      cross join lateral (select from inventory where kind = k order by key limit 1) one) as told`.execute(
    trx,
  );
  const [row] = rows;
  if (row === undefined) throw new Error("a select without a table gave no row");
  return row;
}

interface Row {
  kind: InventoryKindName;
  key: string;
  says: unknown;
  told_at: Date;
  lines: number | null;
}

/** @param of with the disturbances that were counted, to which those that were told are added */
export async function inventoryOf(
  trx: Trx,
  of: Neighbourhood & { readonly disturbances: readonly Disturbance[] },
  { now, told }: Moment,
): Promise<InventoryFacts> {
  const { services, disturbances } = of;
  let facts: InventoryFacts = {
    ...{ services, disturbances, stock: [], nases: [], lines: [], sites: [] },
    ...{ baseStations: [], registrations: [], calls: [] },
  };
  if (told.length === 0) return facts;
  const nases = told.includes("nases") ? await nasesOf(trx, nasesNamed(of.radius)) : [];
  const known = INVENTORY.nases.facts(nases, facts, nearOf(of, [], now.getTime()));
  const near = nearOf(of, known.nases, now.getTime());
  const rows = await itemsOf(trx, near, told);
  facts = known;
  for (const kind of INVENTORY_KIND_NAMES) {
    if (kind === "nases" || !told.includes(kind)) continue;
    facts = INVENTORY[kind].facts(rows.filter((row) => row.kind === kind).map(toldBy), facts, near);
  }
  return {
    ...facts,
    services: atKnownSites(facts),
    disturbances: underOneName(facts.disturbances, near),
  };
}

/** A site where no line ends is unknown, and no mismatch (I5): billing may call the places of the network by other names. */
function atKnownSites({ services, lines }: InventoryFacts): readonly Service[] {
  const known = new Set(lines.map(({ site }) => site));
  return services.map((one) => (known.has(one.site) ? one : { ...one, site: null }));
}

/** Counted ones go by what packets said. */
function underOneName(
  disturbances: readonly Disturbance[],
  { named }: Near,
): readonly Disturbance[] {
  return disturbances.map((one) => ({ ...one, of: named(one.of) }));
}

function toldBy({ key, says, told_at: toldAt, lines }: Row): Told<unknown> {
  return { key, says, toldAt: toldAt.getTime(), lines };
}

async function nasesOf(trx: Trx, names: readonly string[]): Promise<readonly Told<Nas>[]> {
  if (names.length === 0) return [];
  const { rows } = await sql<Row>`
    select kind, key, says, told_at, null::int as lines from inventory
    where kind = 'nases' and key = any(${list(names)})
    union
    select kind, key, says, told_at, null from inventory
    where kind = 'nases' and says -> 'aliases' ?| ${list(names)}::text[]`.execute(trx);
  return rows.sort(byKey).map(toldBy) as readonly Told<Nas>[];
}

/** Sorted here: asked for an order, PostgreSQL may read far more than what is asked for. */
function byKey(a: Row, b: Row): number {
  return a.key < b.key ? -1 : 1;
}

/**
 * Sites follow from the lines that were found, and so do the outages of sites; a line at each site that services were sold to
 * shows that the network knows it by this name. Where a site lies only matters between two, and then also how many lines
 * share its coordinates.
 */
async function itemsOf(
  trx: Trx,
  near: Near,
  told: readonly InventoryKindName[],
): Promise<readonly Row[]> {
  const asked = told.map((kind) => ({ kind, of: INVENTORY[kind] }));
  const keys = asked.flatMap(({ kind, of }) => list(of.keys(near)).map((key) => ({ kind, key })));
  const abouts = asked.flatMap(({ kind, of }) =>
    list(of.abouts(near)).map((about) => ({ kind, about })),
  );
  const { rows } = await sql<Row>`
    with named as materialized (
      select i.* from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as n (kind text, key text)
      cross join lateral (
        select * from inventory where kind = n.kind and key = n.key offset 0) i
    ), ends as materialized (
      select distinct about as site from named where kind = 'lines' and about is not null
    )
    select kind, key, says, told_at, null::int as lines from named
    union all
    select i.kind, i.key, i.says, i.told_at, null
    from (select kind, about from jsonb_to_recordset(${JSON.stringify(abouts)}::jsonb) as a (kind text, about text)
          union
          select 'disturbances', site from ends) n
    cross join lateral (
      select * from inventory where kind = n.kind and about = n.about
      order by told_at desc limit ${BY_NAME_AT_MOST}) i
    union all
    select i.kind, i.key, i.says, i.told_at, null
    from (select unnest(${list(near.sites)}::text[]) as site
          union
          select says ->> 'site' from named where kind = 'services') sold
    cross join lateral (
      select * from inventory where kind = 'lines' and about = sold.site order by told_at limit 1) i
    union all
    select i.kind, i.key, i.says, i.told_at, (
      select count(*)::int from (
        select from inventory o join inventory l on l.kind = 'lines' and l.about = o.key
        where o.kind = 'sites' and o.about = i.about limit ${LINES_COUNTED}) shared)
    from ends cross join lateral (
      select * from inventory where kind = 'sites' and key = ends.site offset 0) i
    where (select count(*) from ends) > 1`.execute(trx);
  return rows.sort(byKey);
}
