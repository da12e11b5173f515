/**
 * Voice, from a registrar and from call records. Both name the service and no SIP user, so that no name stands here; the store
 * gives them the credential that the service has. They are events: what is older than the rules look back is forgotten.
 */
import { z } from "zod";
import type { Service } from "../facts/billing.ts";
import { inventoryKind } from "./kind.ts";
import { moment, serviceRef, text } from "./parts.ts";

const credentialsOf = (services: readonly Service[], ref: string): readonly string[] =>
  services.flatMap((service) => (service.ref === ref ? [service.credential] : []));

export const registrations = inventoryKind({
  kind: "registrations",
  schema: z.strictObject({
    id: text().describe("Of the contact; the same for all its refreshes"),
    service: serviceRef,
    network: text().describe("A network and no address: a /24, a /56, a carrier's pool"),
    sharedPool: z
      .boolean()
      .default(false)
      .describe("CGNAT or mobile: one customer changes networks at will"),
    ofService: z.boolean().describe("It is the network of the service itself"),
    refreshedAt: z.array(moment).min(1).max(1_000),
  }),
  example: {
    id: "contact-55",
    service: "SUB-0417",
    network: "198.51.100.0/24",
    ofService: false,
    refreshedAt: ["2026-11-27T09:00:00Z", "2026-11-27T09:05:00Z"],
  },
  reasks: "services",
  keyOf: ({ id, service }) => `${id}|${service}`,
  aboutOf: ({ service }) => service,
  keys: () => [],
  abouts: ({ services }) => services,
  facts: (items, { services }) => ({
    registrations: items.flatMap(({ key, says }) =>
      credentialsOf(services, says.service).map((credential) => ({
        ...{ key, credential, network: says.network, sharedPool: says.sharedPool },
        ofService: says.ofService,
        refreshedAt: says.refreshedAt.map((at) => Date.parse(at)).sort((a, b) => a - b),
      })),
    ),
  }),
});

export const calls = inventoryKind({
  kind: "calls",
  schema: z.strictObject({
    service: serviceRef,
    hourAt: moment.describe("The beginning of a clock hour"),
    internationalMinutes: z.number().min(0).max(1_000_000),
    meanMinutesADay: z.number().min(0).max(1_000_000).describe("Over the 30 days before"),
  }),
  example: {
    service: "SUB-0417",
    hourAt: "2026-11-27T09:00:00Z",
    internationalMinutes: 190,
    meanMinutesADay: 2,
  },
  reasks: "services",
  keyOf: ({ service, hourAt }) => `${service}|${hourAt}`,
  aboutOf: ({ service }) => service,
  keys: () => [],
  abouts: ({ services }) => services,
  facts: (items, { services }) => ({
    calls: items.flatMap(({ key, says }) =>
      credentialsOf(services, says.service).map((credential) => ({
        ...{ key, credential, hourAt: Date.parse(says.hourAt) },
        internationalMinutes: says.internationalMinutes,
        meanMinutesADay: says.meanMinutesADay,
      })),
    ),
  }),
});
