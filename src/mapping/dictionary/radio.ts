/** Where a fixed wireless CPE looks for its base station, and what it is locked to. */
import { nothingOr } from "./basic-types.ts";
import { kept, RADIO as HARM, seen, type Family } from "./def.ts";
import type { Domain } from "./domain.ts";
import { notEmpty } from "./reasons.ts";
import { typeOf } from "./type.ts";

/** 100 GHz: above every band, and below what Hz in the place of kHz would give. */
const KHZ: Domain = { kind: "integer", min: 1, max: 100_000_000, unit: "kHz" };
const notNone = notEmpty("an empty list would leave the CPE without a frequency");
/** A device's ranges expand to many channels; the rows that we write are far fewer. */
const MAX_CHANNELS = 512;

const scanList = typeOf(
  "scan list",
  { kind: "list", of: KHZ, order: "kept", max: MAX_CHANNELS },
  notNone,
);
const channels = typeOf(
  "list of channels",
  {
    kind: "list",
    of: { kind: "record", members: { centreKhz: KHZ, bandwidthKhz: KHZ } },
    order: "kept",
    max: MAX_CHANNELS,
  },
  notNone,
);
const kHz = typeOf("frequency", KHZ);

/** 3GPP TS 36.101 (bands, EARFCN) and 36.211 (504 physical cells). */
const lock = nothingOr(
  typeOf("lock", {
    kind: "record",
    members: {
      band: { kind: "integer", min: 1, max: 255 },
      earfcn: { kind: "integer", min: 0, max: 262_143 },
      cell: { kind: "integer", min: 0, max: 503 },
    },
  }),
  "free to choose",
);

export const RADIO: Family = {
  "radio.scan-list": kept(
    scanList,
    "centre frequencies, in scanning order",
    "operator",
    HARM,
    "ours",
  ),
  "radio.channel-plan": kept(
    channels,
    "centre frequencies with a bandwidth each",
    "operator",
    HARM,
    "ours",
  ),
  "radio.bandwidth": kept(kHz, "channel bandwidth", "operator", HARM),
  "radio.running-frequency": seen(kHz, "frequency that the CPE is camped on"),
  "radio.lock": kept(lock, "band, frequency and cell that the CPE may use alone", "operator", HARM),
};
