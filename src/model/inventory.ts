/** Kinds of inventory: what the rules of misuse have to be told by the systems of the network and of billing. */
export const INVENTORY_KINDS = {
  nases: "NASes: other names, addresses that their packets come from, who stands in for whom",
  lines: "lines: NAS and port or circuit id, the site where it ends, benches",
  sites: "sites with their coordinates",
  basestations: "base stations and their neighbours",
  disturbances: "outages, storms, renamed ports, new frequency plans, with their times",
  services: "services: the site they were sold for, and what was sold with them",
  orders: "swaps, moves and reactivations of a service",
  tickets: "announced work on a service: a modem under test, a burn-in, a migration",
  stock: "boxes by their state: in service, lost, stolen, written off, returned",
  registrations: "voice: contacts of a service at the registrar, with their refreshes",
  calls: "voice: minutes abroad of a service by the hour",
} as const;

export type InventoryKindName = keyof typeof INVENTORY_KINDS;
export const INVENTORY_KIND_NAMES = Object.keys(INVENTORY_KINDS) as [
  InventoryKindName,
  ...InventoryKindName[],
];
