/** Services as billing and the field know them: what was sold, what was ordered, what is being worked on; and boxes in stock. */
import { z } from "zod";
import { parseDeviceId } from "../../model/device.ts";
import type { Order, Plan, Service, StockRecord } from "../facts/billing.ts";
import { grouped } from "../../lib/grouped.ts";
import { inventoryKind, type Near, type Told } from "./kind.ts";
import { mac, moment, ordered, oui, serviceRef, text } from "./parts.ts";

/** `12|SUB-0417`: one number may be about many services. */
const numbered = ({ id, service }: { readonly id: string; readonly service: string }): string =>
  `${id}|${service}`;

/** Each service with what was told of it. */
function dressed<Item extends { readonly service: string }>(
  services: readonly Service[],
  items: readonly Told<Item>[],
  dress: (service: Service, told: readonly Told<Item>[]) => Service,
): { readonly services: readonly Service[] } {
  const told = grouped(items, ({ says }) => says.service);
  return { services: services.map((one) => dress(one, told.get(one.ref) ?? [])) };
}

export const services = inventoryKind({
  kind: "services",
  schema: z.strictObject({
    service: serviceRef.describe("Its ref, as desired documents name it; else the id of its CPE"),
    site: text().optional().describe("Where it was sold to; left out: the label `site` of its CPE"),
    sessions: z.int().min(1).max(1_000).default(1).describe("How many at once were sold"),
    nomadic: z.boolean().default(false).describe("May be used anywhere"),
    bridge: z.boolean().default(false).describe("The customer's own router behind it was sold"),
    softphone: z.boolean().default(false).describe("Voice comes with an app for any network"),
  }),
  example: { service: "SUB-0417", site: "jhb-north", sessions: 2, nomadic: false },
  reasks: "services",
  keyOf: ({ service }) => service,
  aboutOf: () => null,
  keys: ({ services: refs }) => refs,
  abouts: () => [],
  facts: (items, before) =>
    dressed(before.services, items, (service, [told]) => {
      if (told === undefined) return service;
      const { site = service.site, sessions, nomadic, bridge, softphone } = told.says;
      const plan: Plan = { sessions, nomadic, bridge, softphone };
      return { ...service, site, plan };
    }),
});

export const orders = inventoryKind({
  kind: "orders",
  schema: z.strictObject({
    id: text().describe("Your number of it"),
    service: serviceRef,
    kind: z.enum(["swap", "move", "reactivation"]),
    at: moment.describe("When it is carried out"),
    newMacs: z.array(mac).max(20).default([]).describe("Boxes that come, as far as it is known"),
    newSerials: z.array(text()).max(20).default([]),
    toSite: text().optional(),
    cancelled: z.boolean().default(false),
  }),
  example: {
    id: "ORD-9911",
    service: "SUB-0417",
    kind: "swap",
    at: "2026-11-27T09:00:00Z",
    newSerials: ["B0871"],
  },
  reasks: "services",
  keyOf: (item) => numbered(item),
  aboutOf: ({ service }) => service,
  keys: () => [],
  abouts: ({ services: refs }) => refs,
  facts: (items, before, near) =>
    dressed(before.services, items, (service, told) => ({
      ...service,
      orders: told.map(({ says, toldAt }): Order => ({
        ...{ kind: says.kind, at: Date.parse(says.at), recordedAt: toldAt },
        ...{ newMacs: says.newMacs, toSite: says.toSite ?? null, cancelled: says.cancelled },
        newSerials: says.newSerials.flatMap((serial) => devicesNamed(serial, near)),
        by: null,
      })),
    })),
});

export const tickets = inventoryKind({
  kind: "tickets",
  schema: z
    .strictObject({
      id: text().describe("Your number of it"),
      service: serviceRef,
      kind: z.enum(["modem_test", "burn_in", "migration"]),
      fromAt: moment,
      untilAt: moment,
      approvers: z
        .array(text())
        .max(10)
        .default([])
        .describe("Two different people make a migration honest"),
    })
    .refine(({ fromAt, untilAt }) => ordered(fromAt, untilAt), {
      path: ["untilAt"],
      message: "lies before fromAt",
    }),
  example: {
    id: "TCK-311",
    service: "SUB-0417",
    kind: "modem_test",
    fromAt: "2026-11-27T08:00:00Z",
    untilAt: "2026-11-27T18:00:00Z",
  },
  reasks: "services",
  keyOf: (item) => numbered(item),
  aboutOf: ({ service }) => service,
  keys: () => [],
  abouts: ({ services: refs }) => refs,
  facts: (items, before) =>
    dressed(before.services, items, (service, told) => ({
      ...service,
      tickets: told.map(({ says: { kind, fromAt, untilAt, approvers } }) => ({
        ...{ kind, approvers, fromAt: Date.parse(fromAt), untilAt: Date.parse(untilAt) },
      })),
    })),
});

const serialOf = (device: string): string => parseDeviceId(device)?.serial ?? device;

/** Stock and orders write a serial number as it is printed on the box, or the id of a device. */
function devicesNamed(serial: string, { devices }: Near): readonly string[] {
  const named = devices.filter((id) => id === serial || serialOf(id) === serial);
  return named.length === 0 ? [serial] : named;
}

export const stock = inventoryKind({
  kind: "stock",
  schema: z.strictObject({
    serial: text().describe("As on the box, or a device id"),
    oui: oui.optional().describe("Its maker, where two may have the same serial number"),
    state: z.enum(["in_service", "in_stock", "lost", "stolen", "written_off", "returned"]),
    sinceAt: moment.describe("Since when it is in this state"),
  }),
  example: { serial: "A0417", oui: "0019E0", state: "lost", sinceAt: "2026-11-20T00:00:00Z" },
  reasks: "devices",
  keyOf: ({ serial, oui: maker }) => (maker === undefined ? serial : `${maker}-${serial}`),
  aboutOf: ({ serial }) => serial,
  keys: () => [],
  abouts: ({ devices }) => devices.flatMap((id) => [id, serialOf(id)]),
  facts: (items, _before, { devices }) => ({
    stock: devices.flatMap((device): StockRecord[] => {
      const maker = parseDeviceId(device)?.oui;
      const of = items.filter(({ says }) => [device, serialOf(device)].includes(says.serial));
      // Of its own maker, else of none: one of another maker is there for whoever typed it wrongly.
      const found =
        of.find(({ says }) => says.oui === maker) ??
        of.find(({ says }) => says.oui === undefined) ??
        of[0];
      if (found === undefined) return [];
      const { oui: told = null, state, sinceAt } = found.says;
      return [{ serial: device, oui: told, state, since: Date.parse(sinceAt) }];
    }),
  }),
});
