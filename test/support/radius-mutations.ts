/** Bodies that nearly are what FreeRADIUS sends: a recording with other values, missing parts, or damaged bytes. */
import fc from "fast-check";
import { SAMPLES, type Sample } from "./radius-samples.ts";

/** Stands in every attribute that may hold a password, and is looked for everywhere afterwards. */
export const CANARY = "canary-5b1d9c0e";

const names = [
  ...new Set(
    SAMPLES.flatMap(({ bytes }) => Object.keys(JSON.parse(bytes.toString("latin1")) as object)),
  ),
  ...["Tmp-String-2", "Acct-Multi-Session-Id", "NAS-IPv6-Address", "__proto__", "constructor", ""],
];
const SECRET = ["User-Password", "CHAP-Password", "Cleartext-Password", "Module-Failure-Message"];

const value = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.uint8Array({ maxLength: 260 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
  fc.integer(),
  fc.double(),
  fc.bigInt().map(String),
  fc.constantFrom(
    "Start",
    "Interim-Update",
    "Stop",
    "Accounting-On",
    1,
    2,
    3,
    7,
    "0x",
    "0x0",
    "\u0000",
  ),
  fc.constantFrom("Access-Accept", "00:0C:42:AA:00:01", 0, -1, 2 ** 32, 2 ** 53, "1e400", null),
);
const attribute = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant("string"), value: fc.array(value, { maxLength: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ value }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);
const changes = fc.dictionary(fc.constantFrom(...names), fc.option(attribute, { nil: undefined }), {
  maxKeys: 5,
});

/** As text, a character for each byte. */
const nearlyRight = fc
  .tuple(fc.constantFrom(...SAMPLES), changes, fc.subarray(SECRET, { minLength: 1 }))
  .map(([sample, changed, secrets]): Sample => {
    const body = JSON.parse(sample.bytes.toString("latin1")) as object;
    const leaked = secrets.map((name) => [name, { type: "string", value: [CANARY] }]);
    const all = { ...body, ...changed, ...(Object.fromEntries(leaked) as object) };
    return { ...sample, bytes: Buffer.from(JSON.stringify(all), "utf8") };
  });

/** Cut by less than what stands before a canary, so that it never slips into an attribute that is kept. */
const damaged = fc
  .tuple(nearlyRight, fc.nat(), fc.nat({ max: 30 }), fc.uint8Array({ maxLength: 12 }))
  .map(([sample, at, length, put]): Sample => {
    const from = at % (sample.bytes.length + 1);
    const parts = [sample.bytes.subarray(0, from), put, sample.bytes.subarray(from + length)];
    return { ...sample, bytes: Buffer.concat(parts) };
  });

export const mutated: fc.Arbitrary<Sample> = fc.oneof(
  { weight: 6, arbitrary: nearlyRight },
  { weight: 3, arbitrary: damaged },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...SAMPLES), fc.uint8Array({ maxLength: 300 }))
      .map(([sample, bytes]): Sample => ({ ...sample, bytes: Buffer.from(bytes) })),
  },
);
