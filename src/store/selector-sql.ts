/**
 * Selectors as SQL conditions, so that a fleet is chosen where it is stored. Names and values are always bound, never
 * written into the statement. The meaning is that of `fleet/selector.ts`: what is not known matches nothing, a label
 * that is not there satisfies `!=`, `notin` and `!name`.
 *
 * A query that uses a condition has `devices d`; one that selects by state also `device_status s` and `work w`.
 */
import { sql, type RawBuilder } from "kysely";
import { AppError } from "../lib/errors.ts";
import { parseSelector, type Selector, type SelectorUse, type Term } from "../fleet/selector.ts";

/** A call may be in flight now, and nothing that ranks higher is to be said of the device. */
export const APPLYING = sql<boolean>`(w.holder is not null and w.lease_until > now()
  and s.state not in ('quarantined', 'held', 'unmapped', 'failed', 'offline'))`;

/** Proven once, too long ago: a value older than its budget is unknown, whatever keeps us from reading it (I16). */
export const TOO_OLD = sql<boolean>`(s.state = 'converged' and s.fresh_until < now())`;

/** The state that people see. The same everywhere: counts, lists and details never disagree. */
export const SHOWN_STATE = sql<string>`(case when ${APPLYING} then 'applying' when ${TOO_OLD} then 'unknown'
  else s.state end)`;

interface Column {
  readonly value: RawBuilder<unknown>;
  /** What null says: `unknown` matches no term, `absent` is "has none". */
  readonly null: "never" | "absent" | "unknown";
}

const MODEL = sql`d.facts ->> 'modelName'`;

const RECORD: Readonly<Record<string, Column>> = {
  acs: { value: sql`d.acs`, null: "never" },
  oui: { value: sql`d.oui`, null: "never" },
  productClass: { value: sql`d.product_class`, null: "absent" },
  serial: { value: sql`d.serial`, null: "never" },
  model: { value: MODEL, null: "unknown" },
};

/** Lists show the product class where the model was never read, and so they also find it. */
const LIST: Readonly<Record<string, Column>> = {
  ...RECORD,
  model: { value: sql`coalesce(${MODEL}, d.product_class)`, null: "unknown" },
  id: { value: sql`d.device_id`, null: "never" },
  firmware: { value: sql`d.facts ->> 'softwareVersion'`, null: "unknown" },
  state: { value: SHOWN_STATE, null: "never" },
};

/** Undefined for a label. */
function columnOf(name: string, use: SelectorUse): Column | undefined {
  const own = use === "record" ? RECORD : LIST;
  return Object.hasOwn(own, name) ? own[name] : undefined;
}

/** Said in the way that the index on labels understands. */
function labelIs(name: string, value: string): RawBuilder<boolean> {
  return sql`d.labels @> ${JSON.stringify({ [name]: value })}::jsonb`;
}

function termSql(term: Term, use: SelectorUse): RawBuilder<boolean> {
  const own = columnOf(term.name, use);
  const value = own?.value ?? sql`(d.labels ->> ${term.name}::text)`;
  const meaning = own?.null ?? "absent";
  switch (term.kind) {
    case "in":
      if (own === undefined) return anyOf(term.values.map((one) => labelIs(term.name, one)));
      return sql`${value} = any(${[...term.values]}::text[])`;
    case "notin": {
      const other = sql<boolean>`${value} <> all(${[...term.values]}::text[])`;
      return meaning === "absent" ? sql`(${value} is null or ${other})` : other;
    }
    case "has":
      return sql`${value} is not null`;
    case "lacks":
      return meaning === "absent" ? sql`${value} is null` : sql`false`;
  }
}

/** True, false or null in SQL; null is "does not match", as false is. `all` is true. */
export function selectorSql(selector: Selector, use: SelectorUse): RawBuilder<boolean> {
  if (selector.terms.length === 0) return sql`true`;
  const terms = selector.terms.map((term) => termSql(term, use));
  return sql`(${sql.join(terms, sql` and `)})`;
}

/** Any of several; false for none. */
export function anyOf(conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> {
  return conditions.length === 0 ? sql`false` : sql`(${sql.join(conditions, sql` or `)})`;
}

/** @throws AppError `invalid` that says where the text stops being a selector */
export function readSelector(text: string, use: SelectorUse): Selector {
  const parsed = parseSelector(text, { allow: use });
  if (parsed.kind === "selector") return parsed.selector;
  const message = `at character ${parsed.offset + 1}: ${parsed.message}`;
  throw new AppError("invalid", `The selector is not valid, ${message}.`, {
    problems: [{ pointer: "/selector", code: parsed.code, message }],
  });
}
