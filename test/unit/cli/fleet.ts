/** Answers of the API for tests of the command line. */
export const FLEET = {
  total: 3,
  states: { converged: 2, offline: 1 },
  queue: {},
  acs: {},
  stops: [],
  blocks: [],
};
export const DEVICE = {
  id: "0019E0-WIXB-A1",
  name: "CPE-0417",
  identity: { oui: "0019E0", productClass: "WIXB", serial: "A1" },
  acs: "main",
  labels: { site: "cpt" },
  facts: { manufacturer: "Talk", modelName: "WIXB-175", softwareVersion: "3.2.4" },
  status: {
    state: "drifted",
    reason: "DifferenceFound",
    message: "credentials: username changed outside",
    since: "2026-11-22T20:38:00Z",
    nextAt: "2026-11-22T21:03:00Z",
    contactAt: "2026-11-22T20:57:00Z",
    reach: "pull",
    convergedAt: null,
  },
  conditions: [
    {
      type: "Reachable",
      status: "true",
      reason: "Reconciled",
      message: "ok",
      since: "2026-11-22T20:00:00Z",
      generation: 1,
    },
  ],
  hold: null,
  links: { self: "/v1/devices/x", desired: "/v1/devices/x/desired" },
};
export const DETAIL = {
  ...DEVICE,
  desired: [
    {
      field: "credentials",
      value: {
        username: "cpe1",
        realm: "isp.example",
        password: { set: true, version: 1, fingerprint: "3f9a", changedAt: "2026-11-18T21:00:00Z" },
      },
      source: { layer: "document", record: "billing", revision: 2, since: "2026-11-22T19:00:00Z" },
    },
  ],
  documents: [],
  observed: {
    readAt: "2026-11-22T20:42:00Z",
    map: { name: "wixb", hash: "a1b2c3d4e5f6" },
    values: [
      {
        logical: "wan.ppp.credential",
        entry: { kind: "value", value: { user: "old", realm: "isp.example" } },
      },
      { logical: "wan.ppp.password", entry: { kind: "unreadable" } },
    ],
  },
  work: { class: "drift", dueAt: "2026-11-22T21:03:00Z", reason: "drift found", ahead: 11 },
  openIntents: [
    {
      id: 1,
      changeId: "c1",
      fields: ["credentials"],
      step: 1,
      steps: 1,
      outcome: "accepted",
      reason: "x",
      intendedAt: "2026-11-22T20:50:00Z",
    },
  ],
  owedRevocations: [{ username: "gone@isp.example", since: "2026-11-20T21:00:00Z" }],
  events: [
    {
      id: 1,
      at: "2026-11-22T20:38:00Z",
      type: "DriftFound",
      actor: "engine",
      requestId: null,
      data: { fields: ["credentials"] },
    },
  ],
};
