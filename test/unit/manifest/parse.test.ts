import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acsTimes } from "../../../src/manifest/kinds/acs.ts";
import { KIND_NAMES, KINDS } from "../../../src/manifest/kinds.ts";
import { schemaFileName } from "../../../src/manifest/json-schema.ts";
import { parseManifests, parseManifestValues } from "../../../src/manifest/parse.ts";

const CANARY = "canary-pa55";
const FOLDER = join(import.meta.dirname, "../../../manifests/examples");
const EXAMPLES = readdirSync(FOLDER)
  .filter((file) => KIND_NAMES.some((kind) => file === `${kind.toLowerCase()}.yaml`))
  .map((file) => ({ file, text: readFileSync(join(FOLDER, file), "utf8") }));

function of(kind: string, spec: string, metadata = "{name: a}"): string {
  return `apiVersion: plumbline/v1\nkind: ${kind}\nmetadata: ${metadata}\nspec: ${spec}\n`;
}

const ACS = "kind: friendly, address: https://acs.example/x.asmx";

describe("examples", () => {
  it("there is one for each kind", () => {
    expect(EXAMPLES).toHaveLength(KIND_NAMES.length);
  });

  it.for(EXAMPLES)("$file parses, and names its schema for editors", ({ file, text }) => {
    const { documents, problems } = parseManifests(text, file);
    expect(problems).toEqual([]);
    const [kind] = new Set(documents.map((document) => document.kind));
    expect(text.split("\n", 1)[0]).toBe(
      `# yaml-language-server: $schema=../schemas/${schemaFileName(kind ?? "")}`,
    );
    expect(documents.every(({ source }) => source?.file === file)).toBe(true);
  });

  it.for(EXAMPLES)(
    "$file says the same as JSON, and again after a round trip",
    ({ file, text }) => {
      const documents = parseManifests(text, file).documents.map(({ source, place, ...rest }) => {
        expect(place?.("")).toEqual(source);
        return rest;
      });
      const again = parseManifestValues(JSON.parse(JSON.stringify(documents)) as unknown[]);
      expect(again.problems).toEqual([]);
      expect(again.documents).toEqual(documents.map((each) => ({ ...each, source: null })));
    },
  );
});

it("an ACS that says only where it is gets the defaults of a guest", () => {
  const [document] = parseManifests(of("Acs", `{${ACS}}`), "f").documents;
  expect(document?.spec).toEqual({
    kind: "friendly",
    address: "https://acs.example/x.asmx",
    auth: { kind: "none" },
    mode: "observe",
    scope: "all",
    concurrency: 1,
    dutyCycle: 50,
    probeShare: 5,
    proving: "manual",
    deadlines: { call: "1m", verify: "2m", prove: "5m", firmware: "1h", soak: "15m" },
    evidenceBudget: "1d",
  });
  if (document?.kind !== "Acs") throw new Error("not an Acs");
  expect(acsTimes(document.spec)).toEqual({ callMs: 60_000, evidenceBudgetMs: 86_400_000 });
});

it("a GenieACS is waited for as long as it waits for a CPE, unless told otherwise", () => {
  const callOf = (more: string): unknown => {
    const spec = `{kind: genieacs, address: "http://acs.example:7557"${more}}`;
    const [document] = parseManifests(of("Acs", spec), "f").documents;
    return document?.kind === "Acs" ? document.spec.deadlines.call : undefined;
  };
  expect(callOf("")).toBe("2m40s");
  expect(callOf(", deadlines: {call: 30s}")).toBe("30s");
});

describe("limits of reads", () => {
  const parsed = (reads: string) => parseManifests(of("Acs", `{${ACS}, reads: ${reads}}`), "f");

  it.for([
    ["{perHour: 300}", { perHour: 300, timeZone: "UTC" }],
    ['{hours: "22:00-06:00"}', { hours: "22:00-06:00", timeZone: "UTC" }],
    [
      '{perHour: 60, hours: "01:30-05:00", timeZone: Africa/Johannesburg}',
      { perHour: 60, hours: "01:30-05:00", timeZone: "Africa/Johannesburg" },
    ],
  ] as const)("%s are taken", ([reads, want]) => {
    const { documents, problems } = parsed(reads);
    expect(problems).toEqual([]);
    expect(documents).toMatchObject([{ spec: { reads: want } }]);
  });

  it.for([
    ["{perHour: 0}", "/spec/reads/perHour"],
    ['{hours: "22-6"}', "/spec/reads/hours"],
    ['{hours: "06:00-06:00"}', "/spec/reads/hours"],
    ["{timeZone: Mars/Olympus}", "/spec/reads/timeZone"],
    ["{perMinute: 3}", "/spec/reads/perMinute"],
  ] as const)("%s are refused, with the place", ([reads, pointer]) => {
    expect(parsed(reads).problems.map((problem) => problem.pointer)).toEqual([pointer]);
  });
});

const IMAGE = `version: "2", selector: model=EX220, sizeBytes: 9, sha256: ${"Ab".repeat(32)}`;

it("a firmware image gets its file's name from the address, and the type that CWMP gives firmware", () => {
  const spec = `{${IMAGE}, url: "https://files.example/a/ex220%20_2.bin"}`;
  const [document] = parseManifests(of("FirmwareImage", spec), "f").documents;
  expect(document?.spec).toEqual({
    ...{ version: "2", selector: "model=EX220", sizeBytes: 9, sha256: "ab".repeat(32) },
    url: "https://files.example/a/ex220%20_2.bin",
    ...{ fileName: "ex220 _2.bin", fileType: "1 Firmware Upgrade Image" },
  });
});

it("records are kept in their normal form, so that another spelling is no change", () => {
  const profile = of(
    "Profile",
    '{selector: " site in ( cpt ,jhb ), vip", fields: {frequencyPlan: {plan: p}}}',
  );
  const device = of("Device", '{oui: 00e0fc, serial: "1", acs: m}', "{name: x}");
  const { documents } = parseManifests(`${profile}---\n${device}`, "f");
  expect(documents).toMatchObject([
    { spec: { selector: "site in (cpt,jhb),vip" } },
    { spec: { oui: "00E0FC" }, metadata: { labels: {} } },
  ]);
});

it("a record names what it cannot do without", () => {
  const { Profile } = KINDS;
  expect(
    Profile.references?.({ selector: "all", fields: { frequencyPlan: { plan: "p" } } }),
  ).toEqual([{ kind: "FrequencyPlan", name: "p", pointer: "/spec/fields/frequencyPlan/plan" }]);
  expect(Profile.references?.({ selector: "all", fields: { firmware: { version: "1" } } })).toEqual(
    [],
  );
  expect(KINDS.Device.references?.({ oui: "001122", serial: "1", acs: "m" })).toEqual([
    { kind: "Acs", name: "m", pointer: "/spec/acs" },
  ]);
});

describe("a mistake is said with its place and the way out", () => {
  const device = '{oui: "001122", serial: "1", acs: m}';
  const secret = /never stands in a manifest; write \{env: PLUMB_SECRET_NAME\} or \{file: NAME\}/;
  const auth = (password: string): string =>
    of("Acs", `{${ACS}, auth: {kind: basic, username: u, password: ${password}}}`);
  it.for<{ name: string; text: string; at: string; count?: number; says: RegExp }>([
    { name: "not a map", text: "- 1", at: "- 1", says: /a document is a map/ },
    {
      name: "no kind",
      text: "spec: {}",
      at: "spec: {}",
      says: /has no kind\. Known kinds: Aaa, Acs/,
    },
    { name: "kind misspelt", text: of("Profle", "{}"), at: "Profle", says: /mean "Profile"/ },
    {
      name: "kind of a prototype",
      text: of("constructor", "{}"),
      at: "constructor",
      says: /unknown kind/,
    },
    ...[
      {
        name: "a login in the address",
        url: "https://u:p@files.example/x.bin",
        says: /must not hold/,
      },
      { name: "a token behind it", url: "https://files.example/x.bin?t=1", says: /may be a token/ },
      { name: "no file in it", url: "https://files.example/", says: /must end in the name of a/ },
      { name: "another protocol", url: "ftp://files.example/x.bin", says: /http or https/ },
    ].map(({ name, url, says }) => ({
      name: `an image with ${name}`,
      text: of("FirmwareImage", `{${IMAGE}, url: "${url}"}`),
      ...{ at: `"${url}"`, says },
    })),
    {
      name: "an Aaa that neither ends sessions nor tries logins",
      text: of("Aaa", "{port: 3799}"),
      ...{
        at: "{port: 3799}",
        says: /neither where sessions are ended nor where a login is tried/,
      },
    },
    {
      name: "an Aaa with an address and no secret",
      text: of("Aaa", "{address: bng-1}"),
      ...{ at: "{address: bng-1}", says: /belong together/ },
    },
    {
      name: "an Aaa whose login is by EAP",
      text: of("Aaa", "{login: {address: r, secret: {file: s}, method: eap}}"),
      ...{ at: "eap", says: /one of "pap"/ },
    },
    {
      name: "an image that does not say for which models",
      text: of("FirmwareImage", `{${IMAGE.replace("model=EX220", "site=cpt")}, url: "http://f/x"}`),
      ...{ at: "site=cpt", says: /must say what it is made for, as model=EX220/ },
    },
    {
      name: "an image that follows itself",
      text: of("FirmwareImage", `{${IMAGE}, url: "http://f/x", mayFollow: ["1", "2"]}`),
      ...{ at: '"2"]', says: /is the version of the image itself/ },
    },
    {
      name: "another version",
      text: of("Device", device).replace("/v1", "/v9"),
      at: "plumbline/v9",
      says: /must be plumbline\/v1/,
    },
    {
      name: "a field misspelt",
      text: of("Device", '{oui: "001122", serail: "1", acs: m}'),
      at: "serail",
      count: 2,
      says: /Did you mean "serial"/,
    },
    {
      name: "digits that lost their quotes",
      text: of("Device", '{oui: 001122, serial: "1", acs: m}'),
      at: "001122, ",
      says: /put it in quotes/,
    },
    {
      name: "a label that is a number",
      text: of("Device", device, "{name: a, labels: {vlan: 7}}"),
      at: "7}}",
      says: /put it in quotes/,
    },
    {
      name: "a label that selectors use",
      text: of("Device", device, "{name: a, labels: {Model: x}}"),
      at: "x}}",
      says: /choose another/,
    },
    {
      name: "the id of another device",
      text: of("Device", device, "{name: 001122-2}"),
      at: "001122-2",
      says: /this one is 001122-1/,
    },
    {
      name: "a name with a slash",
      text: of("Device", device, "{name: a/b}"),
      at: "a/b",
      says: /must begin and end/,
    },
    { name: "a password in the open", text: auth(CANARY), at: CANARY, says: secret },
    {
      name: "a password in the open, as env",
      text: auth(`{env: ${CANARY}}`),
      at: CANARY,
      says: /must be PLUMB_SECRET_/,
    },
    {
      name: "a file outside the folder",
      text: auth("{file: ../keyring}"),
      at: "../key",
      says: /without slashes/,
    },
    {
      name: "a hidden file",
      text: auth("{file: .keyring}"),
      at: ".keyring",
      says: /without slashes/,
    },
    {
      name: "two places for a secret",
      text: auth("{file: a, env: PLUMB_SECRET_A}"),
      at: "{file",
      says: /either env or file/,
    },
    {
      name: "a third way to a secret",
      text: auth("{value: x}"),
      at: "value: x",
      count: 2,
      says: /unknown field "value"/,
    },
    {
      name: "a secret without a place",
      text: auth("{}"),
      at: "{}}}",
      says: /either env or file/,
    },
    {
      name: "authentication without a user",
      text: of("Acs", `{${ACS}, auth: {kind: basic}}`),
      at: "{kind: basic",
      count: 2,
      says: /is needed with kind basic/,
    },
    {
      name: "a login that GenieACS cannot be given",
      text: of(
        "Acs",
        "{kind: genieacs, address: 'http://acs.example', auth: {kind: both, username: u, password: {env: PLUMB_SECRET_A}}}",
      ),
      at: "both",
      says: /must be none or basic/,
    },
    {
      name: "a REST twin of a GenieACS",
      text: of(
        "Acs",
        "{kind: genieacs, address: 'http://acs.example', restAddress: 'http://acs.example/api'}",
      ),
      at: "'http://acs.example/api'",
      says: /is used with kind friendly only/,
    },
    {
      name: "credentials in the address",
      text: of("Acs", `{kind: friendly, address: "https://u:${CANARY}@h/"}`),
      at: '"https://u',
      says: /put them under auth/,
    },
    {
      name: "an address that is none",
      text: of("Acs", "{kind: friendly, address: 'file:///etc/passwd'}"),
      at: "'file:",
      says: /http or https/,
    },
    {
      name: "a duty cycle of none",
      text: of("Acs", `{${ACS}, dutyCycle: 0}`),
      at: "0}",
      says: /1/,
    },
    {
      name: "a deadline without a unit",
      text: of("Acs", `{${ACS}, deadlines: {call: "60"}}`),
      at: '"60"',
      says: /from 1s to 10m/,
    },
    {
      name: "a scope by state",
      text: of("Acs", `{${ACS}, scope: state=drifted}`),
      at: "state=drifted",
      says: /at character 1: a record cannot select by state/,
    },
    {
      name: "an empty selector",
      text: of("Profile", "{selector: '', fields: {firmware: {version: x}}}"),
      at: "'',",
      says: /write "all"/,
    },
    {
      name: "credentials in a profile",
      text: of("Profile", `{selector: all, fields: {credentials: {password: ${CANARY}}}}`),
      at: "{password",
      says: /cannot hold credentials/,
    },
    {
      name: "a plan named and written",
      text: of("Profile", "{selector: all, fields: {frequencyPlan: {plan: x, bandwidthKhz: 1}}}"),
      at: "{plan: x",
      says: /either plan, or both/,
    },
    {
      name: "a profile of nothing",
      text: of("Profile", "{selector: all, fields: {}}"),
      at: "{}}",
      says: /at least one field/,
    },
    {
      name: "a channel twice",
      text: of("FrequencyPlan", "{channelsKhz: [1, 1], bandwidthKhz: 1}"),
      at: "[1, 1]",
      says: /twice/,
    },
  ])("$name", ({ text, at, count, says }) => {
    const { documents, problems } = parseManifests(text, "f.yaml");
    expect(documents).toEqual([]);
    expect(problems).toHaveLength(count ?? 1);
    const found = problems.find(({ message }) => says.test(message));
    const before = text.slice(0, text.indexOf(at)).split("\n");
    expect(found).toMatchObject({
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
    });
    expect(JSON.stringify(problems)).not.toContain(CANARY);
  });

  it("all of them at once, in the order of the file", () => {
    const text = `${of("Acs", `{${ACS}, concurency: 2, mode: wrte}`)}---\n${of("Divice", "{}")}---\na: *x\n`;
    const { problems } = parseManifests(text, "f");
    expect(problems.map(({ line, code }) => [line, code])).toEqual([
      [4, "unknown_field"],
      [4, "invalid_value"],
      [7, "unknown_kind"],
      [11, "malformed_yaml"],
    ]);
  });

  it("in a JSON body the pointer begins with the document's position", () => {
    const good = { apiVersion: "plumbline/v1", kind: "Device", metadata: { name: "a" } };
    const { problems } = parseManifestValues([{ ...good, spec: {} }, null]);
    expect(problems.map(({ pointer }) => pointer)).toEqual([
      "/documents/0/spec/oui",
      "/documents/0/spec/serial",
      "/documents/0/spec/acs",
      "/documents/1",
    ]);
  });
});

it("10,000 mutated examples give documents or problems with a place, and never a throw", () => {
  const cut = fc.record({
    text: fc.constantFrom(...EXAMPLES.map(({ text }) => text)),
    at: fc.nat(),
    length: fc.nat({ max: 40 }),
    put: fc.oneof(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.constantFrom(
        "\n",
        "  ",
        "---\n",
        "- ",
        ": ",
        "*x",
        "&x ",
        "!",
        "{",
        "]",
        '"',
        "#",
        "null",
        "9e999",
      ),
    ),
  });
  fc.assert(
    fc.property(cut, fc.option(cut), (one, two) => {
      const mutate = (text: string, { at, length, put }: typeof one): string => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + put + text.slice(start + length);
      };
      const once = mutate(one.text, one);
      const { documents, problems } = parseManifests(two === null ? once : mutate(once, two), "f");
      for (const document of documents) expect(KIND_NAMES).toContain(document.kind);
      for (const { file, line, column, message } of problems) {
        expect(file).toBe("f");
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
        expect(message).not.toBe("");
      }
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

it("any JSON value gives documents or problems, and never a throw", () => {
  const near = fc.record(
    {
      apiVersion: fc.constantFrom("plumbline/v1", 1),
      kind: fc.constantFrom(...KIND_NAMES, "__proto__"),
      metadata: fc.oneof(fc.constant({ name: "a" }), fc.jsonValue()),
      spec: fc.jsonValue(),
    },
    { requiredKeys: ["kind"] },
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(near, fc.jsonValue())), (values) => {
      const { documents, problems } = parseManifestValues(values);
      expect(documents.length + problems.length).toBeGreaterThanOrEqual(values.length);
      for (const { pointer } of problems) expect(pointer).toMatch(/^\/documents\/\d+/);
    }),
    { numRuns: 3_000 },
  );
});
