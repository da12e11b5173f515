import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "../../../src/lib/errors.ts";
import { parseWith, pointerOf, problemsOf } from "../../../src/lib/schema.ts";

const schema = z.strictObject({
  name: z.string().max(8),
  spec: z
    .strictObject({
      serial: z.string(),
      mode: z.enum(["observe", "write"]).default("observe"),
      rows: z.array(z.strictObject({ channel: z.int(), label: z.string().optional() })).optional(),
    })
    .transform((spec) => spec)
    .optional(),
});

function problems(value: unknown) {
  const result = schema.safeParse(value);
  return result.success ? [] : problemsOf(result.error, schema);
}

describe("what is wrong with a value is said with its place", () => {
  it.for<{ name: string; given: unknown; want: readonly object[] }>([
    { name: "nothing", given: { name: "a" }, want: [] },
    {
      name: "an unknown key, with the nearest known one",
      given: { nam: "a", name: "a" },
      want: [
        {
          pointer: "/nam",
          code: "unknown_field",
          message: 'unknown field "nam". Did you mean "name"?',
        },
      ],
    },
    {
      name: "an unknown key far from any known one",
      given: { name: "a", zzzz: 1 },
      want: [{ pointer: "/zzzz", message: 'unknown field "zzzz".' }],
    },
    {
      name: "an unknown key below an optional object with a transform",
      given: { name: "a", spec: { serial: "1", serail: "1" } },
      want: [
        { pointer: "/spec/serail", message: 'unknown field "serail". Did you mean "serial"?' },
      ],
    },
    {
      name: "an unknown key inside a row",
      given: {
        name: "a",
        spec: { serial: "1", rows: [{ channel: 1 }, { channel: 1, chanel: 2 }] },
      },
      want: [
        {
          pointer: "/spec/rows/1/chanel",
          message: 'unknown field "chanel". Did you mean "channel"?',
        },
      ],
    },
    {
      name: "a wrong type inside a row",
      given: { name: "a", spec: { serial: "1", rows: [{ channel: "x" }] } },
      want: [{ pointer: "/spec/rows/0/channel", code: "invalid_type" }],
    },
    {
      name: "several at once, one for each unknown key",
      given: { name: 5, one: 1, two: 2 },
      want: [{ pointer: "/name" }, { pointer: "/one" }, { pointer: "/two" }],
    },
    { name: "the whole", given: null, want: [{ pointer: "", code: "invalid_type" }] },
    {
      name: "a key with the characters that a pointer uses itself",
      given: { name: "a", "a/b~c": 1 },
      want: [{ pointer: "/a~1b~0c" }],
    },
  ])("$name", ({ given, want }) => {
    const found = problems(given);
    expect(found).toHaveLength(want.length);
    expect(found).toMatchObject(want);
  });

  it("never quotes a rejected value (I18)", () => {
    const canary = "canary-7f3a";
    for (const given of [
      { name: canary.repeat(3) },
      { name: "a", spec: canary },
      { name: "a", spec: { serial: "1", mode: canary } },
      { name: "a", spec: { serial: "1", rows: [{ channel: canary }] } },
      [canary],
      canary,
    ]) {
      const found = problems(given);
      expect(found.length).toBeGreaterThan(0);
      expect(JSON.stringify(found)).not.toContain(canary);
    }
  });

  it("for any value at all (I20)", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const problem of problems(value)) expect(problem.pointer).toMatch(/^(\/.*)*$/s);
      }),
    );
  });
});

describe("a JSON Pointer", () => {
  it.for([
    { given: [], want: "" },
    { given: ["a", 0, "b"], want: "/a/0/b" },
    { given: ["", "~", "/"], want: "//~0/~1" },
  ])("$given", ({ given, want }) => {
    expect(pointerOf(given)).toBe(want);
  });
});

describe("parsing with a schema", () => {
  it("gives the parsed value", () => {
    expect(parseWith(z.string().default("x"), undefined, "a name")).toBe("x");
  });

  it("throws `invalid` with every problem, and names the thing and the first place", () => {
    try {
      parseWith(schema, { nam: "a" }, "device 17");
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({ code: "invalid", status: 422 });
      expect((error as AppError).problems).toHaveLength(2);
      expect((error as AppError).message).toMatch(/^device 17: \/name /);
    }
  });
});
