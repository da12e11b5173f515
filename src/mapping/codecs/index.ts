/** The registry of steps, one line each. Documents, schema and error messages know exactly these. */
import { affix } from "./affix.ts";
import { all } from "./all.ts";
import { also } from "./also.ts";
import { at } from "./at.ts";
import { bool } from "./bool.ts";
import { cases } from "./cases.ts";
import type { Step } from "./codec.ts";
import { csv } from "./csv.ts";
import { dbm } from "./dbm.ts";
import { each } from "./each.ts";
import { enumeration } from "./enum.ts";
import { firstOf } from "./first-of.ts";
import { int } from "./int.ts";
import { join } from "./join.ts";
import { lower } from "./lower.ts";
import { netmask } from "./netmask.ts";
import { not } from "./not.ts";
import { optional } from "./optional.ts";
import { parts } from "./parts.ts";
import { ranges } from "./ranges.ts";
import { scale } from "./scale.ts";
import { secret } from "./secret.ts";
import { split } from "./split.ts";
import { table } from "./table.ts";
import { text } from "./text.ts";
import { tokens } from "./tokens.ts";
import { trim } from "./trim.ts";
import { upper } from "./upper.ts";

/** Options are checked by the step's own schema just before `build` sees them, so `never` is safe here. */
const registered = [
  at,
  firstOf,
  all,
  split,
  table,
  cases,
  also,
  optional,
  secret,
  text,
  int,
  bool,
  not,
  enumeration,
  scale,
  netmask,
  dbm,
  lower,
  upper,
  trim,
  affix,
  csv,
  tokens,
  each,
  parts,
  join,
  ranges,
] as unknown as readonly Step<never>[];

export const STEPS: ReadonlyMap<string, Step<never>> = new Map(
  registered.map((step) => [step.name, step]),
);
