import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/lib/errors.ts";
import { parsePatch, type PatchKind } from "../../../src/service/desired-patch.ts";

const SECRET = {
  set: true,
  version: 3,
  fingerprint: "3f9a",
  changedAt: "2026-11-22T21:00:00.000Z",
};
const before = () => ({
  credentials: { username: "cpe1", realm: "isp.example", password: SECRET },
  frequencyPlan: { channelsKhz: [2505000, 2515000], bandwidthKhz: 10000 },
});
const after = (kind: PatchKind, patch: unknown) => parsePatch(kind, patch)(before());

function failure(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a merge patch (RFC 7396)", () => {
  it.for([
    { name: "says nothing when it is empty", patch: {}, out: before() },
    {
      name: "changes a member and keeps the rest, the secret in the form that keeps it",
      patch: { credentials: { username: "cpe2" } },
      out: { ...before(), credentials: { ...before().credentials, username: "cpe2" } },
    },
    {
      name: "releases a field with null",
      patch: { frequencyPlan: null },
      out: { credentials: before().credentials },
    },
    {
      name: "clears a password with null, which a PUT has to say",
      patch: { credentials: { password: null } },
      out: { ...before(), credentials: { username: "cpe1", realm: "isp.example", password: null } },
    },
    {
      name: "replaces a list as a whole",
      patch: { frequencyPlan: { channelsKhz: [2525000] } },
      out: { ...before(), frequencyPlan: { channelsKhz: [2525000], bandwidthKhz: 10000 } },
    },
    {
      name: "lets user@realm take the place of the old realm",
      patch: { credentials: { username: "cpe2@new.example" } },
      out: { ...before(), credentials: { username: "cpe2@new.example", password: SECRET } },
    },
  ])("$name", ({ patch, out }) => {
    expect(after("merge", patch)).toEqual(out);
  });
});

describe("a JSON Patch (RFC 6902)", () => {
  it.for([
    {
      name: "replaces behind a test that holds",
      patch: [
        { op: "test", path: "/credentials/password/version", value: 3 },
        { op: "replace", path: "/credentials/username", value: "cpe2" },
      ],
      out: { ...before(), credentials: { ...before().credentials, username: "cpe2" } },
    },
    {
      name: "inserts into a list",
      patch: [{ op: "add", path: "/frequencyPlan/channelsKhz/1", value: 2510000 }],
      out: {
        ...before(),
        frequencyPlan: { channelsKhz: [2505000, 2510000, 2515000], bandwidthKhz: 10000 },
      },
    },
    {
      name: "clears a password that it removes",
      patch: [{ op: "remove", path: "/credentials/password" }],
      out: { ...before(), credentials: { username: "cpe1", realm: "isp.example", password: null } },
    },
  ])("$name", ({ patch, out }) => {
    expect(after("operations", patch)).toEqual(out);
  });

  it.for([
    {
      name: "a failed test",
      patch: [{ op: "test", path: "/credentials/username", value: "x" }],
      code: "test_failed",
    },
    {
      name: "a place that is not there",
      patch: [{ op: "remove", path: "/firmware" }],
      code: "no_such_place",
    },
    {
      name: "a place below a text",
      patch: [{ op: "add", path: "/credentials/username/a", value: 1 }],
      code: "no_such_place",
    },
    {
      name: "a row that is not there",
      patch: [{ op: "replace", path: "/frequencyPlan/channelsKhz/9", value: 1 }],
      code: "no_such_place",
    },
    {
      name: "a move from nowhere",
      patch: [{ op: "move", from: "/x", path: "/y" }],
      code: "no_such_place",
    },
  ])("is a conflict with the document: $name", ({ patch, code }) => {
    const error = failure(() => after("operations", patch));
    expect([error.code, error.status, error.problems[0]?.code]).toEqual([
      "patch_conflict",
      409,
      code,
    ]);
  });

  it("leaves nothing behind when a later operation fails, and can be applied again", () => {
    const patch = parsePatch("operations", [
      { op: "add", path: "/firmware", value: { version: "1" } },
      { op: "replace", path: "/firmware/version", value: "2" },
    ]);
    const document = before();
    expect([patch(document), patch(document)]).toEqual([
      { ...before(), firmware: { version: "2" } },
      { ...before(), firmware: { version: "2" } },
    ]);
    expect(document).toEqual(before());
  });

  it("cannot grow a document by copying it into itself", () => {
    const patch = Array.from({ length: 40 }, (_, i) => ({ op: "copy", from: "", path: `/c${i}` }));
    expect(failure(() => after("operations", patch)).code).toBe("payload_too_large");
  });
});

describe("what is no patch", () => {
  const own = (name: string, value: unknown): unknown =>
    JSON.parse(`{"${name}":${JSON.stringify(value)}}`);
  it.for<[string, PatchKind, unknown]>([
    ["a merge patch that is a list", "merge", []],
    ["a merge patch that is null", "merge", null],
    ["a merge patch that reaches a prototype", "merge", own("__proto__", { admin: true })],
    ["the same, deeper", "merge", { credentials: own("__proto__", { admin: true }) }],
    ["operations that are an object", "operations", {}],
    ["an operation that nobody knows", "operations", [{ op: "_get", path: "" }]],
    ["a path that is no pointer", "operations", [{ op: "remove", path: "credentials" }]],
    ["an add without a value", "operations", [{ op: "add", path: "/firmware" }]],
    ["a path to a prototype", "operations", [{ op: "add", path: "/__proto__/admin", value: true }]],
    [
      "a path to a constructor",
      "operations",
      [{ op: "add", path: "/constructor/prototype/a", value: 1 }],
    ],
    [
      "a value with a prototype",
      "operations",
      [{ op: "add", path: "/a", value: own("__proto__", 1) }],
    ],
    [
      "more operations than anybody needs",
      "operations",
      Array(201).fill({ op: "remove", path: "/a" }),
    ],
  ])("%s is refused with its place", ([, kind, patch]) => {
    const error = failure(() => after(kind, patch));
    expect([error.code, error.problems.length > 0]).toEqual(["invalid", true]);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it("makes nothing of a copy of nothing", () => {
    const copy = { op: "copy", path: "", from: "/frequencyPlan/channelsKhz/-" };
    expect(after("operations", [copy])).toBeUndefined();
  });

  it("is a value or a typed error, whatever it is (I20)", () => {
    const place = fc.constantFrom(
      "",
      "/",
      "/credentials",
      "/credentials/password",
      "/frequencyPlan/channelsKhz/-",
      "/a/b",
      "/~2",
    );
    const operation = fc.record(
      {
        op: fc.constantFrom("add", "remove", "replace", "move", "copy", "test", "x"),
        path: place,
        from: place,
        value: fc.jsonValue(),
      },
      { requiredKeys: ["op", "path"] },
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(operation, { maxLength: 6 }), (any, list) => {
        for (const [kind, patch] of [
          ["merge", any],
          ["operations", any],
          ["operations", list],
        ] as const) {
          try {
            after(kind, patch);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
