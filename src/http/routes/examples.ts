/** Answers as a server gave them, with other names in them. The compiler holds them to the types, so they cannot grow old. */
import type { ApiDevice, ApiDocument, ApiFleet, ApiStatus } from "../../model/api.ts";
import type { ApiEvent } from "../../model/api-events.ts";
import type { ApiFinding } from "../../model/api-findings.ts";
import type { ApiToken } from "../../model/api-access.ts";
import type { ApiWebhook } from "../../model/api-webhooks.ts";
import type { Examples } from "./route.ts";

const AT = "2026-11-27T06:51:58.545Z";
const ID = "0019E0-WIXB-A0417";
const SELF = `/v1/devices/${ID}`;
const credentials = {
  username: "sub0417",
  realm: "isp.example",
  password: { set: true, version: 1, fingerprint: "c1d4", changedAt: AT },
};

const status: ApiStatus = {
  state: "queued",
  reason: "DesiredChanged",
  message: "billing changed credentials",
  ...{ since: AT, nextAt: AT, contactAt: "2026-11-27T06:40:12.001Z" },
  ...{ reach: "push", convergedAt: null },
};

const document: ApiDocument = {
  credentials,
  document: {
    ...{ device: ID, writer: "billing", generation: 1 },
    ...{ changedAt: AT, endedAt: null, change: "created" },
  },
};

const device: ApiDevice = {
  ...{ id: ID, name: "CPE-0417", acs: "main", labels: { site: "cpt" } },
  identity: { oui: "0019E0", productClass: "WIXB", serial: "A0417" },
  facts: null,
  status,
  conditions: [],
  hold: null,
  links: { self: SELF, desired: `${SELF}/desired` },
};

const event: ApiEvent = {
  ...{ id: "4", type: "desired.changed", at: AT, device: ID, actor: "billing" },
  requestId: "01M8DWCV5Q89STRJ9SP25WXAEZ",
  data: { writer: "billing", generation: 1, fields: ["credentials"] },
};

const fleet: ApiFleet = {
  total: 2,
  states: { queued: 1, converged: 1 },
  queue: { urgent: 1, drift: 0 },
  acs: { main: { kind: "friendly", mode: "write", holder: "host-1:4711", stats: {} } },
  stops: [],
  blocks: [],
};

const finding: ApiFinding = {
  ...{ id: 12, pattern: "P01", name: "concurrent-use", severity: "high", state: "confirmed" },
  text: "sub0417@isp.example is in use on two lines at once",
  service: "sub0417@isp.example",
  devices: [{ id: ID, name: "CPE-0417", protected: false }],
  ...{ suspectedAt: AT, openedAt: AT, changedAt: AT, closedAt: null, closedAs: null },
  decision: null,
  links: { self: "/v1/findings/12", decide: "/v1/findings/12/decide" },
};

const token: ApiToken = {
  ...{ id: "4fZ2kQw9a", owner: "billing", networks: [], ratePerSecond: null },
  scopes: ["devices:read", "desired:write:credentials"],
  ...{ createdAt: AT, createdBy: "operator", expiresAt: "2027-02-25T06:51:58.545Z" },
  ...{ revokedAt: null, lastUsedAt: null, replaces: null, replacedBy: null },
};

const webhook: ApiWebhook = {
  ...{ id: "wh_97cd4aa53202", owner: "operator", url: "https://billing.isp.example/plumbline" },
  ...{ types: ["change.*"], allowPrivate: false, createdAt: AT },
  secrets: [{ version: 1, expiresAt: null }],
  ...{ waiting: 0, failingSince: null, disabled: null },
};

export const EXAMPLES = {
  Acted: { selected: 212, changed: 208, held: 4 },
  Alive: { alive: true },
  Applied: {
    ...{ created: ["Device/CPE-0417"], changed: [], unchanged: ["Acs/main"] },
    ...{ touched: 1, dryRun: false, warnings: [] },
  },
  Device: device,
  DevicePage: { items: [device], next: "ZDE6MQ" },
  Document: document,
  Events: { items: [event], next: "4", more: false },
  Findings: { items: [finding], next: null, firstLook: null },
  Fleet: fleet,
  Imported: {
    ...{
      id: "imp_0a1b2c3d4e5f",
      dryRun: false,
      lines: 2,
      created: 1,
      changed: 0,
      unchanged: 0,
      refused: 1,
    },
    refusals: [{ line: 3, code: "not_found", message: "no device is named CPE-9999" }],
    results: [
      { line: 2, device: ID, outcome: "created", operation: "op_WzEsMSwiYmlsbGluZyJd" },
      { line: 3, device: null, outcome: "refused" },
    ],
  },
  IssuedToken: { ...token, token: "plumb_4fZ2kQw9a_EXAMPLE" },
  Keys: {
    keys: [{ id: "05511738", createdAt: AT, newest: true, retiredAt: null, secrets: 2000 }],
    rotation: { state: "none", rewrapped: 0, retired: [], message: null },
  },
  ModelReleased: { operations: ["set credentials"], devices: 212 },
  Operation: {
    ...{ id: "op_WzEsMSwiYmlsbGluZyJd", kind: "change", status: "queued", writer: "billing" },
    ...{ generation: 1, at: AT, provenAt: null, supersededBy: null },
    device: { reason: "DesiredChanged", message: "billing changed credentials", nextAt: AT },
    links: { device: SELF, desired: `${SELF}/desired` },
  },
  Probe: { id: 7, state: "waiting", askedAt: AT, levels: [], result: null },
  Problem: {
    type: "/problems/invalid",
    title: "Some fields are not valid",
    status: 422,
    detail: 'desired state: /credentials/usernam unknown field "usernam". Did you mean "username"?',
    code: "invalid",
    instance: `${SELF}/desired`,
    requestId: "01M8DWCW557V28S606TXRH0YGF",
    retry: "after_change",
    errors: [
      {
        pointer: "/credentials/usernam",
        code: "unknown_field",
        message: 'unknown field "usernam". Did you mean "username"?',
      },
    ],
  },
  Ready: { ready: true },
  Record: {
    apiVersion: "plumbline/v1",
    kind: "Profile",
    metadata: { name: "site-cpt", labels: {} },
    spec: { selector: "site=cpt", priority: 10, fields: { firmware: { version: "1.4.2" } } },
    status: { revision: 1, owner: "operator", changedAt: AT },
  },
  Redelivered: { deliveries: 3 },
  Resumed: { ended: 1, devices: 2000 },
  RotationStep: { device: ID, version: 4, awaits: "aaaUpdated", password: "EXAMPLE-ONLY" },
  ServerStatus: { version: "0.1.0", shuttingDown: false, fleet },
  Service: {
    ...{ device: ID, changed: true },
    service: {
      state: "suspended",
      reasons: [{ reason: "nonPayment", owner: "billing", since: AT }],
    },
  },
  Stopped: { id: 1, outstanding: [] },
  Swapped: { ...document, swap: { from: "0019E0-WIXB-A0871", to: ID } },
  TokenPage: { items: [token], next: null },
  Webhook: webhook,
  WebhookPage: { items: [webhook], next: null },
} as const satisfies Examples;
