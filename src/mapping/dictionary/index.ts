/**
 * The dictionary: every logical parameter that a map may bind, with type, domain, normal form, risk and usual owner. Not
 * part of a map, which can narrow a domain and never widen it. A new one is a row in the file of its family.
 */
import { DEVICE } from "./device.ts";
import type { Family, LogicalDef } from "./def.ts";
import { LAN, LOCAL } from "./local.ts";
import { LTE } from "./lte.ts";
import { MGMT } from "./management.ts";
import { PON } from "./pon.ts";
import { RADIO } from "./radio.ts";
import { TIME } from "./time.ts";
import { VOICE } from "./voice.ts";
import { WAN } from "./wan.ts";
import { WIFI } from "./wifi.ts";
import { WIMAX } from "./wimax.ts";

/** By first word of the name. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  wan: WAN,
  wimax: WIMAX,
  radio: RADIO,
  lte: LTE,
  pon: PON,
  wifi: WIFI,
  voice: VOICE,
  lan: LAN,
  local: LOCAL,
  mgmt: MGMT,
  time: TIME,
  device: DEVICE,
};

export const DICTIONARY: ReadonlyMap<string, LogicalDef> = new Map(
  Object.values(FAMILIES).flatMap((family) => Object.entries(family)),
);
