import { describe, expect, it } from "vitest";
import type { Members } from "../../../../src/acs/genieacs/answer.ts";
import { decodeMemory } from "../../../../src/acs/genieacs/memory.ts";
import type { Recall } from "../../../../src/ports/acs-memory.ts";

const SERIAL = "Device.DeviceInfo.SerialNumber";
const USER = "Device.PPP.Interface.1.Username";
const ROWS = "Device.PPP.Interface.";
const ID = "001CAA-X-S1";
const NOW = Date.parse("2026-03-02T12:00:00Z");
const MINUTE = 60_000;
const iso = (minutesAgo: number): string => new Date(NOW - minutesAgo * MINUTE).toISOString();

const RECALL: Recall = {
  device: {
    id: "our-id",
    identity: { oui: "001CAA", productClass: "X", serial: "S1" },
    modelName: null,
    acs: "a",
    labels: {},
  },
  names: [USER, SERIAL],
  identityPath: SERIAL,
};

const leaf = (value: unknown, minutesAgo: number) => ({
  _object: false,
  _value: value,
  _type: "xsd:string",
  _timestamp: iso(minutesAgo),
});

interface Doc {
  readonly serial?: unknown;
  readonly row?: Members;
  readonly listed?: number | null;
  readonly inform?: number;
  readonly bootstrap?: number;
}

/** As the NBI gives it (genieacs-nbi.md 1), with times in minutes before the answer. */
function documentOf({
  serial = leaf("S1", 9_000),
  row = { Username: leaf("anna", 30) },
  listed = 40,
  inform = 1,
  bootstrap = 9_999,
}: Doc = {}): Members {
  const at = listed === null ? {} : { _timestamp: iso(listed) };
  return {
    _id: ID,
    _deviceId: { _OUI: "001CAA", _ProductClass: "X", _SerialNumber: "S1" },
    _lastInform: iso(inform),
    _lastBootstrap: iso(bootstrap),
    Device: {
      DeviceInfo: { SerialNumber: serial },
      PPP: { Interface: { _object: true, ...at, "1": { _object: true, ...at, ...row } } },
    },
  };
}

const decode = (
  documents: readonly Members[],
  recall = RECALL,
  date: Date | undefined = new Date(NOW),
) => decodeMemory(documents, [recall], ["Device.PPP.Interface", SERIAL], date);

describe("what GenieACS remembers of a device", () => {
  it("is as old as the oldest value that is wanted, by its own clock, and up to a second older than its Date says", () => {
    const result = decode([documentOf()]);
    expect(result).toMatchObject({
      kind: "recalled",
      asked: 1,
      devices: [{ id: "our-id", ageMs: 30 * MINUTE + 999 }],
    });
  });

  it.for([
    ["another serial number", { serial: leaf("S2", 1) }],
    ["no serial number", { serial: { _object: false } }],
    ["values from before its last bootstrap", { bootstrap: 20 }],
    ["no value that is wanted", { row: {} }],
  ] as const)("is nothing with %s", ([, doc]) => {
    expect(decode([documentOf(doc)])).toMatchObject({ kind: "recalled", devices: [] });
  });

  it.for([
    ["has all of it", {}, [ROWS], 40],
    ["is as old as its oldest leaf", { row: { Username: leaf("anna", 90) } }, [ROWS], 90],
    ["is left out where it was never listed", { listed: null }, null, 0],
    ["is left out where a leaf was never read", { row: { Username: { _object: false } } }, null, 0],
  ] as const)("for a subtree: %s", ([, doc, covered, minutes]) => {
    const result = decode([documentOf(doc)], { ...RECALL, names: [ROWS] });
    const devices =
      covered === null ? [] : [{ snapshot: { covered }, ageMs: minutes * MINUTE + 999 }];
    expect(result).toMatchObject({ kind: "recalled", devices });
  });

  it.for([
    ["an answer without a Date", documentOf(), undefined, "refused"],
    ["a Date before the last contact", documentOf(), new Date(NOW - 5 * MINUTE), "refused"],
    [
      "a device that was not asked for",
      { ...documentOf(), _id: "001CAA-X-S2" },
      new Date(NOW),
      "unknown",
    ],
    [
      "an identity that is not the id's",
      { ...documentOf(), _deviceId: { _OUI: "0" } },
      new Date(NOW),
      "unknown",
    ],
  ] as const)("is not believed with %s", ([, document, date, kind]) => {
    expect(decodeMemory([document], [RECALL], ["Device.PPP.Interface", SERIAL], date).kind).toBe(
      kind,
    );
  });

  it("is not believed with a parameter that was not asked for", () => {
    expect(decodeMemory([documentOf()], [RECALL], [SERIAL], new Date(NOW))).toMatchObject({
      kind: "unknown",
      fault: "wrong_names",
    });
  });
});
