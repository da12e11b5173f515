/** The network: NASes, lines, sites, base stations, and what disturbs them. */
import { z } from "zod";
import type { Nas } from "../facts/network.ts";
import { inventoryKind } from "./kind.ts";
import { address, moment, nasName, ordered, place, station, text } from "./parts.ts";

export const nases = inventoryKind({
  kind: "nases",
  schema: z.strictObject({
    name: nasName,
    aliases: z
      .array(nasName)
      .max(100)
      .default([])
      .describe("Other NAS-Identifiers and NAS addresses of it"),
    sources: z
      .array(address)
      .max(100)
      .default([])
      .describe("Where its packets may come from, proxies included; left out: not known"),
    role: z
      .enum(["access", "lac", "lns"])
      .optional()
      .describe("A LAC and an LNS both report one tunnelled session"),
    failoverGroup: text().optional().describe("Who stands in for each other has the same"),
  }),
  example: {
    name: "bng-jhb-1",
    aliases: ["bng-jhb-1.isp.example", "192.0.2.11"],
    sources: ["192.0.2.11"],
    role: "access",
    failoverGroup: "jhb",
  },
  reasks: "findings",
  keyOf: ({ name }) => name,
  aboutOf: () => null,
  // Before all others, as the rest goes by the names that it tells: `store/fraud/inventory.ts`.
  keys: () => [],
  abouts: () => [],
  facts: (items) => ({
    nases: items.map(({ says: { role = null, failoverGroup = null, ...nas } }): Nas => ({
      ...nas,
      role,
      failoverGroup,
    })),
  }),
});

/** As the rules name a line, and as it is keyed. */
export const lineKey = (nas: string, line: string): string => `${nas}|${line}`;

export const lines = inventoryKind({
  kind: "lines",
  schema: z.strictObject({
    nas: nasName.describe("Any name of it"),
    line: text().describe("Circuit id where the NAS sends one, else NAS-Port-Id"),
    site: text().optional().describe("Where it ends; left out: not known"),
    bench: z.boolean().default(false).describe("A workshop's or a staff line"),
  }),
  example: { nas: "bng-jhb-1", line: "olt1/1/3:1001", site: "jhb-north", bench: false },
  reasks: "findings",
  keyOf: ({ nas, line }) => lineKey(nas, line),
  aboutOf: ({ site }) => site ?? null,
  keys: ({ lines: near }) => near.map(({ nas, line }) => lineKey(nas, line)),
  abouts: () => [],
  facts: (items) => ({
    lines: items.map(({ says }) => ({ ...says, site: says.site ?? null })),
  }),
});

export const sites = inventoryKind({
  kind: "sites",
  schema: z.strictObject({
    name: text(),
    latitude: z.number().min(-90).max(90).describe("Degrees, north is positive"),
    longitude: z.number().min(-180).max(180).describe("Degrees, east is positive"),
    surveyedAt: moment.describe("Coordinates that are older than a year prove no move"),
  }),
  example: {
    name: "jhb-north",
    latitude: -26.2041,
    longitude: 28.0473,
    surveyedAt: "2026-06-01T00:00:00Z",
  },
  reasks: "findings",
  keyOf: ({ name }) => name,
  // Sites with the same coordinates stand on the middle of a town, and not where they are.
  aboutOf: ({ latitude, longitude }) => `${latitude} ${longitude}`,
  // By the lines that end there: `store/fraud/inventory.ts`.
  keys: () => [],
  abouts: () => [],
  facts: (items) => ({
    sites: items.map(({ says, lines: carried }) => ({
      ...says,
      surveyedAt: Date.parse(says.surveyedAt),
      lines: carried ?? 0,
    })),
  }),
});

export const baseStations = inventoryKind({
  kind: "basestations",
  schema: z.strictObject({
    id: station.describe("WiMAX-BS-Id, as hex or with colons"),
    neighbours: z.array(station).max(1_000).default([]),
  }),
  example: { id: "00:1a:2b:00:00:01", neighbours: ["00:1a:2b:00:00:02"] },
  reasks: "findings",
  keyOf: ({ id }) => id,
  aboutOf: () => null,
  keys: ({ stations }) => stations,
  abouts: () => [],
  facts: (items) => ({ baseStations: items.map(({ says }) => says) }),
});

export const disturbances = inventoryKind({
  kind: "disturbances",
  schema: z
    .strictObject({
      id: text().describe("Your number of it"),
      kind: z.enum(["nas_outage", "site_outage", "frequency_plan", "storm", "port_rename"]),
      of: place.describe("A NAS, a site or a base station, by its name here; a line for each"),
      fromAt: moment,
      untilAt: moment.optional().describe("Left out: it goes on"),
    })
    .refine(({ fromAt, untilAt }) => ordered(fromAt, untilAt), {
      path: ["untilAt"],
      message: "lies before fromAt",
    }),
  example: {
    id: "INC-2207",
    kind: "nas_outage",
    of: "bng-jhb-1",
    fromAt: "2026-11-27T01:10:00Z",
    untilAt: "2026-11-27T02:05:00Z",
  },
  reasks: "findings",
  keyOf: ({ id, of }) => `${id}|${of}`,
  aboutOf: ({ of }) => of,
  keys: () => [],
  abouts: ({ nasNames, stations, sites: known }) => [...nasNames, ...stations, ...known],
  facts: (items, { disturbances: before }, { now, named }) => ({
    disturbances: [
      ...before,
      ...items.map(({ says: { kind, of, fromAt, untilAt } }) => ({
        ...{ kind, of, fromAt: Date.parse(fromAt) },
        untilAt: untilAt === undefined ? Math.max(now, Date.parse(fromAt)) : Date.parse(untilAt),
      })),
    ].map((one) => ({ ...one, of: named(one.of) })),
  }),
});
