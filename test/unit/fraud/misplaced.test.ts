/** Whose Interims are looked at by the word of the inventory: no more than a rule that is on can use. */
import { describe, expect, it } from "vitest";
import { NO_FACTS, type Facts } from "../../../src/fraud/facts/facts.ts";
import { isMisplaced } from "../../../src/fraud/misplaced.ts";
import type { PatternId } from "../../../src/fraud/rules/pattern.ts";
import { viewOf } from "../../../src/fraud/view-of.ts";
import { eventOf, made } from "../../support/radius-samples.ts";

const T0 = Date.parse("2026-11-26T12:00:00Z");
const MAC = "00:0c:42:aa:00:01";

interface Heard {
  readonly line?: string;
  readonly station?: string;
}

function factsOf(heard: readonly Heard[], inventory: Partial<Facts>): Facts {
  const radius = heard.map(({ line, station }, n) => ({
    credential: "c",
    event: eventOf(
      made("accounting", {
        "Acct-Status-Type": "Start",
        "User-Name": "cpe-1",
        "Acct-Session-Id": `s${n}`,
        "NAS-Identifier": "nas-1",
        "NAS-Port-Id": line ?? null,
        "WiMAX-BS-Id": station === undefined ? null : `0x${station}`,
        "Calling-Station-Id": MAC,
        "Tmp-Integer-0": T0 / 1_000 + n,
      }),
      new Date(T0),
    ),
  }));
  return { ...NO_FACTS, radius, ...inventory };
}

const stations = (...neighbours: readonly (readonly [string, ...string[]])[]) => ({
  baseStations: neighbours.map(([id, ...others]) => ({ id, neighbours: others })),
});
const lines = (sites: Readonly<Record<string, string>>, bench = false) => ({
  lines: Object.entries(sites).map(([line, site]) => ({ nas: "nas-1", line, site, bench })),
});

describe("a credential is misplaced", () => {
  const CASES: readonly {
    readonly name: string;
    readonly heard: readonly Heard[];
    readonly inventory: Partial<Facts>;
    readonly by: readonly PatternId[];
  }[] = [
    {
      name: "not, where nobody told of anything",
      heard: [
        { line: "p/1", station: "01" },
        { line: "p/2", station: "02" },
      ],
      ...{ inventory: {}, by: [] },
    },
    {
      name: "on two stations that are no neighbours",
      heard: [{ station: "01" }, { station: "09" }],
      ...{ inventory: stations(["01", "02"], ["09"]), by: ["P14"] },
    },
    {
      name: "not on neighbours, whichever of them names the other",
      heard: [{ station: "01" }, { station: "02" }, { station: "03" }],
      ...{ inventory: stations(["01", "02"], ["02"], ["03", "02"]), by: [] },
    },
    {
      name: "not on a station that nobody told",
      heard: [{ station: "01" }, { station: "77" }],
      ...{ inventory: stations(["01", "02"]), by: [] },
    },
    {
      name: "on two sites with one MAC",
      heard: [{ line: "p/1" }, { line: "p/2" }],
      ...{ inventory: lines({ "p/1": "jhb", "p/2": "cpt" }), by: ["P02"] },
    },
    {
      name: "not on two lines of one site",
      heard: [{ line: "p/1" }, { line: "p/2" }],
      ...{ inventory: lines({ "p/1": "jhb", "p/2": "jhb" }), by: [] },
    },
    {
      name: "on a bench",
      heard: [{ line: "p/1" }],
      ...{ inventory: lines({ "p/1": "shop" }, true), by: ["P17"] },
    },
  ];

  it.for(CASES.map((one) => [one.name, one] as const))("%s", ([, { heard, inventory, by }]) => {
    const view = viewOf(factsOf(heard, inventory), T0);
    const found = (["P02", "P04", "P14", "P16", "P17"] as const).filter((pattern) =>
      isMisplaced("c", view, (one) => one === pattern),
    );
    expect(found).toEqual(by);
  });
});
