import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import { problemsOf } from "../../../src/lib/schema.ts";
import { FIELD_NAMES, FIELDS, type FieldName } from "../../../src/model/fields/index.ts";

function parsed(field: FieldName, given: unknown) {
  const { schema } = FIELDS[field];
  const result = schema.safeParse(given);
  return result.success
    ? { value: result.data, problems: [] }
    : { value: undefined, problems: problemsOf(result.error, schema) };
}

describe("credentials as billing writes them", () => {
  it.for<{ name: string; given: object; want: object }>([
    {
      name: "are split at the @",
      given: { username: "mia@isp.example" },
      want: { username: "mia", realm: "isp.example" },
    },
    {
      name: "are split at the last @",
      given: { username: "mia@home@isp.example" },
      want: { username: "mia@home", realm: "isp.example" },
    },
    {
      name: "keep an @ in the user name when the realm stands beside it",
      given: { username: "mia@home", realm: "isp.example" },
      want: { username: "mia@home", realm: "isp.example" },
    },
    {
      name: "keep the case of the user name and not that of the realm",
      given: { username: "Mia@ISP.Example" },
      want: { username: "Mia", realm: "isp.example" },
    },
    {
      name: "lower the case of a realm of its own too",
      given: { username: "Mia", realm: "ISP" },
      want: { username: "Mia", realm: "isp" },
    },
    {
      name: "have an empty realm when there is none",
      given: { username: "mia" },
      want: { username: "mia", realm: "" },
    },
    {
      name: "take an @ at the end for an empty realm",
      given: { username: "mia@" },
      want: { username: "mia", realm: "" },
    },
  ])("$name", ({ given, want }) => {
    const { value } = parsed("credentials", given);
    expect(value).toEqual(want);
    expect(value, "no password given, none kept").not.toHaveProperty("password");
  });

  it.for<{ name: string; given: object; pointer: string }>([
    { name: "without a user name", given: { username: "" }, pointer: "/username" },
    { name: "with nothing before the @", given: { username: "@isp" }, pointer: "/username" },
    { name: "with an @ in the realm", given: { username: "a", realm: "b@c" }, pointer: "/realm" },
    {
      name: "with a line feed in the user name",
      given: { username: "a\nb" },
      pointer: "/username",
    },
    { name: "with a NUL in the realm", given: { username: "a", realm: "\0" }, pointer: "/realm" },
    {
      name: "with DEL in the password",
      given: { username: "a", password: "\x7f" },
      pointer: "/password",
    },
    {
      name: "with an empty password",
      given: { username: "a", password: "" },
      pointer: "/password",
    },
    {
      name: "longer than TR-069 takes",
      given: { username: "a".repeat(256) },
      pointer: "/username",
    },
    {
      name: "with a member of another name",
      given: { username: "a", user: "a" },
      pointer: "/user",
    },
  ])("are refused $name", ({ given, pointer }) => {
    expect(parsed("credentials", given).problems).toMatchObject([{ pointer }]);
  });

  it("close the password at the edge, and leave one that is closed already", () => {
    for (const password of ["canary-7f3a", new Secret("canary-7f3a")]) {
      const { value } = parsed("credentials", { username: "a", password });
      const held = (value as { password: Secret }).password;
      expect(held).toBeInstanceOf(Secret);
      expect(held.open()).toBe("canary-7f3a");
      expect(JSON.stringify(value)).not.toContain("canary");
    }
  });

  it("are a normal form: what was parsed parses to itself", () => {
    const text = fc.string({ maxLength: 12, unit: fc.constantFrom(...Array.from("aB@.-İß ")) });
    fc.assert(
      fc.property(text, fc.option(text, { nil: undefined }), (username, realm) => {
        const given = realm === undefined ? { username } : { username, realm };
        const once = parsed("credentials", given);
        if (once.value === undefined) return;
        expect(parsed("credentials", once.value).value).toEqual(once.value);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a frequency plan", () => {
  it.for<{ name: string; given: object; pointer: string }>([
    {
      name: "that names a channel twice",
      given: { channelsKhz: [2_500_000, 2_500_000], bandwidthKhz: 1 },
      pointer: "/channelsKhz",
    },
    {
      name: "without channels",
      given: { channelsKhz: [], bandwidthKhz: 1 },
      pointer: "/channelsKhz",
    },
    {
      name: "with half a kHz",
      given: { channelsKhz: [2_500_000.5], bandwidthKhz: 1 },
      pointer: "/channelsKhz/0",
    },
    {
      name: "in Hz by mistake",
      given: { channelsKhz: [2_500_000_000], bandwidthKhz: 1 },
      pointer: "/channelsKhz/0",
    },
    { name: "without a bandwidth", given: { channelsKhz: [1] }, pointer: "/bandwidthKhz" },
  ])("is refused $name", ({ given, pointer }) => {
    expect(parsed("frequencyPlan", given).problems).toMatchObject([{ pointer }]);
  });

  it("keeps its order, which is the order of scanning", () => {
    const given = { channelsKhz: [3, 1, 2], bandwidthKhz: 10 };
    expect(parsed("frequencyPlan", given).value).toEqual(given);
  });
});

describe("every field", () => {
  it.for(FIELD_NAMES)(
    "%s answers any input with a value or with problems that say where (I20)",
    (name) => {
      fc.assert(
        fc.property(fc.anything(), (given) => {
          const { value, problems } = parsed(name, given);
          expect(value === undefined).toBe(problems.length > 0);
        }),
      );
    },
  );

  const SAMPLES = {
    credentials: { username: "a", realm: "b", password: new Secret("c") },
    firmware: { version: "1" },
    frequencyPlan: { channelsKhz: [1], bandwidthKhz: 2 },
    management: { informIntervalS: 3_600 },
  } satisfies Record<FieldName, object>;

  it.for(FIELD_NAMES)("%s says all of its value through each of its carriers", (name) => {
    for (const carrier of FIELDS[name].carriers) {
      const values = FIELDS[name].toLogical(SAMPLES[name] as never, carrier);
      const known = new Set([...carrier.required, ...carrier.optional]);
      for (const logical of carrier.required) expect(values.has(logical)).toBe(true);
      for (const logical of values.keys()) expect(known).toContain(logical);
    }
  });

  it("credentials without a password say nothing about one", () => {
    const [carrier] = FIELDS.credentials.carriers;
    if (carrier === undefined) throw new Error("no carrier");
    const values = FIELDS.credentials.toLogical({ username: "a", realm: "" }, carrier);
    expect([...values.keys()]).toEqual([carrier.required[0]]);
  });
});
