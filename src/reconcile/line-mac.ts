/**
 * The MAC by which a CPE stands on its line: what tells its own sessions at the AAA from those of a router that somebody else
 * put its credential into. Read along with the credential, of the rows that the credential is read of anyway.
 */
import type { Mapper } from "../mapping/mapper.ts";
import type { Effective } from "../model/effective.ts";
import type { Snapshot } from "../model/parameter.ts";
import { carrierOf } from "./carriers.ts";
import { FIELDS } from "../model/fields/index.ts";

/** Of the connection that carries the credential first, as that is the one that the AAA sees. */
const PPP = ["wan.ppp.mac", "wan.mac", "wan.ip.mac"];
const OTHERS = ["wan.mac", "wan.ip.mac"];

/**
 * Names to be read along: one, or none where no credential is wanted, the map does not know a MAC, or the device was seen to
 * lack it. It is evidence and not a setting, so nothing waits for it.
 */
export function lineMac(
  { fields }: Pick<Effective, "fields">,
  mapper: Mapper,
  known: Snapshot | null,
): readonly string[] {
  if (!fields.some(({ name }) => name === "credentials")) return [];
  const carrier = carrierOf(FIELDS.credentials, mapper);
  if (carrier === null) return [];
  const names = carrier.required.includes("wan.ppp.credential") ? PPP : OTHERS;
  const name = names.find((one) => mapper.bindings.has(one));
  if (name === undefined) return [];
  return known !== null && mapper.get(name, known).kind === "absent" ? [] : [name];
}
