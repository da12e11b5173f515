/** What the dictionary says of one logical parameter, and the short ways of saying it that the families use. */
import type { EffectClass } from "../../model/plan.ts";
import type { LogicalType } from "./type.ts";

/**
 * How bad a wrong value is.
 * - `none`: it is only read.
 * - `low`: nobody notices soon.
 * - `wifi`: the subscriber's own network stops, the line does not.
 * - `wan`: the line stops (Internet or telephone) and can be mended from here or at the AAA.
 * - `reach`: the device may never be heard of again; mending it means a visit.
 * - `firmware`: another software, which may move or reset everything else.
 */
export type Risk = "none" | "low" | "wifi" | "wan" | "reach" | "firmware";

/** Who usually says what it should be; `device`: nobody, it is a fact. */
export type Owner = "billing" | "operator" | "subscriber" | "device";

export interface LogicalDef {
  readonly type: LogicalType;
  /** One line; units stand in the domain. */
  readonly meaning: string;
  readonly secret: boolean;
  readonly risk: Risk;
  readonly owner: Owner;
  /** Can never be written, whatever a map says. */
  readonly observeOnly: boolean;
  /** What a write may cut unless the map says otherwise. */
  readonly effects: EffectClass;
  /**
   * Only where the value is a list. Rows of a table that are not in the list: `ours` may be removed, since the list is all
   * that should be there; of `keep` others make rows too, and a map that binds it to a table has to say which are ours.
   */
  readonly strangers?: "ours" | "keep";
}

/** Names with what they mean, of one part of a device. */
export type Family = Readonly<Record<string, LogicalDef>>;

/** A kind of harm: how bad a wrong value is, and what a write of a right one cuts meanwhile. */
interface Harm {
  readonly risk: Risk;
  readonly effects: EffectClass;
}

const effects = (interrupts: EffectClass["interrupts"], settleMs: number): EffectClass => ({
  interrupts,
  reboot: "none",
  applies: "now",
  settleMs,
});

export const QUIET: Harm = { risk: "low", effects: effects([], 60_000) };
/** Wi-Fi and the LAN at home. */
export const HOME: Harm = { risk: "wifi", effects: effects(["wifi"], 60_000) };
/** The telephone: the class of effects has no word for it, and nothing else is cut. */
export const VOICE: Harm = { risk: "wan", effects: effects([], 60_000) };
/** The CPE may reach the ACS over this very connection: the default assumes that it does. */
export const LINE: Harm = { risk: "wan", effects: effects(["wan", "mgmt"], 120_000) };
/** As `LINE`, and nothing at the AAA brings the line back: a wrong VLAN meets nobody. */
export const LINK: Harm = { ...LINE, risk: "reach" };
/** A CPE that scans a new list looks for its base station anew; on a wrong list it never comes back. */
export const RADIO: Harm = { risk: "reach", effects: effects(["radio", "mgmt"], 300_000) };
/** The way to the ACS itself, or the ACS's way back. A device that lost it is heard of again at its next Inform, if ever. */
export const MANAGEMENT: Harm = { risk: "reach", effects: effects(["mgmt"], 300_000) };

/** A fact: read, never written. */
export const seen = (type: LogicalType, meaning: string, risk: Risk = "none"): LogicalDef => ({
  type,
  meaning,
  secret: type.domain.kind === "secret",
  risk,
  owner: "device",
  observeOnly: true,
  effects: QUIET.effects,
});

/** Something that is kept true. */
export const kept = (
  type: LogicalType,
  meaning: string,
  owner: Owner,
  harm: Harm,
  strangers?: "ours" | "keep",
): LogicalDef => ({
  type,
  meaning,
  secret: type.domain.kind === "secret",
  ...harm,
  owner,
  observeOnly: false,
  ...(strangers === undefined ? {} : { strangers }),
});
