import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import { effectiveOf, type Effective } from "../../../src/model/effective.ts";
import type {
  DesiredDocument,
  OwedRevocation,
  ParkingCredential,
  ProfileLayer,
} from "../../../src/model/records.ts";
import { aDocument, aProfile, CREDENTIALS, FIRMWARE, PLAN } from "../../support/records.ts";

const OWED: OwedRevocation = { id: 1, username: "mia", realm: "isp", since: new Date(0) };
const PARKING: ParkingCredential = {
  acs: "main",
  credentials: { username: "parked", realm: "", password: new Secret("p") },
  secretDigest: "digest-parking",
};
const WIDE = { channelsKhz: [1, 2, 3], bandwidthKhz: 5 };

interface Given {
  readonly profiles?: readonly ProfileLayer[];
  readonly documents?: readonly DesiredDocument[];
  readonly owed?: boolean;
  readonly parking?: ParkingCredential | null;
}

function merged({ profiles = [], documents = [], owed = false, parking = null }: Given): Effective {
  return effectiveOf({ owedRevocations: owed ? [OWED] : [] }, profiles, documents, parking);
}

/** `field: layer/record`, in order. */
function sources(effective: Effective): string[] {
  return effective.fields.map(({ name, source }) => `${name}: ${source.layer}/${source.record}`);
}

describe("the layers of a device", () => {
  it.for<{ name: string; reason?: string; given: Given; want: string[]; clashes?: object[] }>([
    { name: "nothing wants nothing", given: {}, want: [] },
    {
      name: "a profile alone says its fields",
      given: { profiles: [aProfile({ fields: { firmware: FIRMWARE } })] },
      want: ["firmware: profile/base"],
    },
    {
      name: "a document lies over a profile, field by field",
      given: {
        profiles: [aProfile({ fields: { firmware: FIRMWARE, frequencyPlan: PLAN } })],
        documents: [aDocument({ fields: { frequencyPlan: WIDE } })],
      },
      want: ["firmware: profile/base", "frequencyPlan: document/billing"],
    },
    {
      name: "the profile with more terms in its selector wins",
      given: {
        profiles: [
          aProfile({ name: "site", specificity: 3, fields: { frequencyPlan: WIDE } }),
          aProfile({ name: "all", specificity: 0, fields: { frequencyPlan: PLAN } }),
        ],
      },
      want: ["frequencyPlan: profile/site"],
    },
    {
      name: "a profile without the field is not in the way of one with fewer terms",
      given: {
        profiles: [
          aProfile({ name: "site", specificity: 3, fields: { firmware: FIRMWARE } }),
          aProfile({ name: "all", specificity: 0, fields: { frequencyPlan: PLAN } }),
        ],
      },
      want: ["firmware: profile/site", "frequencyPlan: profile/all"],
    },
    {
      name: "two profiles of equal rank that say the same agree",
      given: {
        profiles: [
          aProfile({ name: "a", fields: { frequencyPlan: PLAN } }),
          aProfile({ name: "b", fields: { frequencyPlan: { ...PLAN } } }),
        ],
      },
      want: ["frequencyPlan: profile/a"],
    },
    {
      name: "two profiles of equal rank that differ are a clash, and the field is in nothing's hands",
      given: {
        profiles: [
          aProfile({ name: "a", fields: { frequencyPlan: PLAN, firmware: FIRMWARE } }),
          aProfile({ name: "b", fields: { frequencyPlan: WIDE } }),
        ],
      },
      want: ["firmware: profile/a"],
      clashes: [{ field: "frequencyPlan", records: ["a", "b"] }],
    },
    {
      name: "the order of a list is content",
      given: {
        profiles: [
          aProfile({
            name: "a",
            fields: { frequencyPlan: { channelsKhz: [1, 2], bandwidthKhz: 5 } },
          }),
          aProfile({
            name: "b",
            fields: { frequencyPlan: { channelsKhz: [2, 1], bandwidthKhz: 5 } },
          }),
        ],
      },
      want: [],
      clashes: [{ field: "frequencyPlan", records: ["a", "b"] }],
    },
    {
      name: "a clash below a document clashes with nobody",
      given: {
        profiles: [
          aProfile({ name: "a", fields: { frequencyPlan: PLAN } }),
          aProfile({ name: "b", fields: { frequencyPlan: WIDE } }),
        ],
        documents: [aDocument({ fields: { frequencyPlan: PLAN } })],
      },
      want: ["frequencyPlan: document/billing"],
    },
    {
      name: "a clash of more general profiles is covered by a more special one",
      given: {
        profiles: [
          aProfile({ name: "a", fields: { frequencyPlan: PLAN } }),
          aProfile({ name: "b", fields: { frequencyPlan: WIDE } }),
          aProfile({ name: "c", specificity: 2, fields: { frequencyPlan: PLAN } }),
        ],
      },
      want: ["frequencyPlan: profile/c"],
    },
    {
      name: "an ended document says nothing any more",
      given: {
        profiles: [aProfile({ fields: { frequencyPlan: PLAN } })],
        documents: [
          aDocument({
            fields: { frequencyPlan: WIDE, credentials: CREDENTIALS },
            endedAt: new Date(1),
          }),
        ],
      },
      want: ["frequencyPlan: profile/base"],
    },
    {
      name: "documents of two writers each say their fields",
      given: {
        documents: [
          aDocument({ writer: "billing", fields: { credentials: CREDENTIALS } }),
          aDocument({ writer: "operator", fields: { frequencyPlan: PLAN } }),
        ],
      },
      want: ["credentials: document/billing", "frequencyPlan: document/operator"],
    },
    {
      name: "the parking credential takes the place of an ended one while its revocation is owed (I11)",
      given: {
        documents: [aDocument({ fields: { credentials: CREDENTIALS }, endedAt: new Date(1) })],
        owed: true,
        parking: PARKING,
      },
      want: ["credentials: parking/main"],
    },
    {
      name: "a new service comes before the parking credential",
      given: {
        documents: [aDocument({ fields: { credentials: CREDENTIALS } })],
        owed: true,
        parking: PARKING,
      },
      want: ["credentials: document/billing"],
    },
    {
      name: "a site without a parking credential writes nothing for an ended service",
      given: { owed: true, parking: null },
      want: [],
    },
    {
      name: "nothing is parked that owes nothing",
      given: { owed: false, parking: PARKING },
      want: [],
    },
  ])("$name", ({ given, want, clashes = [], reason }) => {
    const effective = merged(given);
    expect(sources(effective), reason).toEqual(want);
    expect(effective.clashes).toEqual(clashes);
  });

  it("say where each value comes from", () => {
    const changedAt = new Date("2026-02-01T00:00:00Z");
    const [field] = merged({
      documents: [aDocument({ generation: 7, changedAt, fields: { firmware: FIRMWARE } })],
    }).fields;
    expect(field?.source).toEqual({
      layer: "document",
      record: "billing",
      owner: "billing",
      revision: 7,
      since: "2026-02-01T00:00:00.000Z",
    });
  });

  it("carry the digest of a secret with the credentials and with nothing else", () => {
    const { fields } = merged({
      documents: [
        aDocument({ secretDigest: "d", fields: { credentials: CREDENTIALS, firmware: FIRMWARE } }),
      ],
    });
    expect(fields.map(({ name, secretDigest }) => [name, secretDigest])).toEqual([
      ["credentials", "d"],
      ["firmware", null],
    ]);
  });
});

describe("the generation of an effective state", () => {
  const base: Given = {
    documents: [aDocument({ secretDigest: "d", fields: { credentials: CREDENTIALS } })],
  };
  const billing = (given: Partial<DesiredDocument>): Given => ({
    documents: [aDocument({ secretDigest: "d", fields: { credentials: CREDENTIALS }, ...given })],
  });

  it.for<{ name: string; given: Given; same: boolean }>([
    {
      name: "stays when the same is said again later",
      given: billing({ generation: 9, changedAt: new Date() }),
      same: true,
    },
    {
      name: "stays when another writer says the same",
      given: billing({ writer: "crm" }),
      same: true,
    },
    {
      name: "stays beside a document that ended",
      given: {
        documents: [
          ...(base.documents ?? []),
          aDocument({ endedAt: new Date(), fields: { firmware: FIRMWARE } }),
        ],
      },
      same: true,
    },
    {
      name: "moves with a secret that nobody can see",
      given: billing({ secretDigest: "e" }),
      same: false,
    },
    {
      name: "moves with the realm",
      given: billing({ fields: { credentials: { ...CREDENTIALS, realm: "x" } } }),
      same: false,
    },
    {
      name: "moves with a new field",
      given: billing({ fields: { credentials: CREDENTIALS, firmware: FIRMWARE } }),
      same: false,
    },
    {
      name: "moves with a clash",
      given: {
        ...base,
        profiles: [
          aProfile({ name: "a", fields: { firmware: FIRMWARE } }),
          aProfile({ name: "b", fields: { firmware: { version: "2" } } }),
        ],
      },
      same: false,
    },
  ])("$name", ({ given, same }) => {
    expect(merged(given).generation === merged(base).generation).toBe(same);
  });

  it("does not depend on the order in which profiles are listed", () => {
    const profile = fc.record({
      name: fc.constantFrom("a", "b", "c"),
      specificity: fc.nat({ max: 2 }),
      fields: fc.constantFrom(
        {},
        { firmware: FIRMWARE },
        { frequencyPlan: PLAN },
        { frequencyPlan: WIDE },
      ),
    });
    fc.assert(
      fc.property(fc.uniqueArray(profile, { selector: ({ name }) => name }), (given) => {
        const profiles = given.map((one) => aProfile(one));
        const forth = merged({ profiles });
        const back = merged({ profiles: [...profiles].reverse() });
        expect(back.fields.map(({ name, value }) => [name, value])).toEqual(
          forth.fields.map(({ name, value }) => [name, value]),
        );
        expect(back.clashes.map(({ field }) => field)).toEqual(
          forth.clashes.map(({ field }) => field),
        );
        if (forth.clashes.length === 0) expect(back.generation).toBe(forth.generation);
      }),
    );
  });
});
