/** Parameters with several homes when a map is loaded: where a secret may stand, and what is refused. */
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/lib/errors.ts";
import { loadMaps } from "../../../src/mapping/load.ts";
import { mapOf } from "./fixtures.ts";
import { bound, SECRET, type Held } from "./small-device.ts";

const A = "Device.A";

describe("a secret", () => {
  const OLD = "Device.Old.Password";
  const NEW = "Device.New.Password";
  const end = (path: string) => [{ secret: {} }, { text: {} }, { at: path }];
  /** Greatek Stavix, by presence. */
  const greatek = [{ cases: [{ when: { has: NEW }, lens: end(NEW) }, { lens: end(OLD) }] }];

  it.for<{ reason: string; lens: readonly unknown[]; held: Held; want: string[] }>([
    {
      reason: "in the new home",
      lens: greatek,
      held: { [NEW]: "", [OLD]: "" },
      want: [`${NEW}=secret`],
    },
    { reason: "in the old home", lens: greatek, held: { [OLD]: "" }, want: [`${OLD}=secret`] },
    {
      reason: "in the first home, though it reads nil",
      lens: [{ secret: {} }, { firstOf: [NEW, OLD] }],
      held: { [NEW]: null, [OLD]: "" },
      want: [`${NEW}=secret`],
    },
    {
      reason: "in both homes",
      lens: [{ secret: {} }, { all: [[{ at: NEW }], [{ at: OLD }]] }],
      held: { [NEW]: "", [OLD]: "shown" },
      want: [`${NEW}=secret ${OLD}=secret`],
    },
    {
      reason: "in both homes, each behind its own step",
      lens: [{ all: [end(NEW), end(OLD)] }],
      held: { [NEW]: "", [OLD]: "shown" },
      want: [`${NEW}=secret ${OLD}=secret`],
    },
  ])("goes out closed $reason, and never shows", ({ lens, held, want }) => {
    const one = bound("local.admin-password", lens);
    expect(one.get(held)).toBe("unreadable");
    expect(one.put(SECRET, held)).toEqual(want);
  });

  it.for<{ reason: string; lens: readonly unknown[]; pointer: string }>([
    {
      reason: "in the open in one case of two",
      lens: [{ cases: [{ when: { has: NEW }, lens: end(NEW) }, { lens: [{ at: OLD }] }] }],
      pointer: "/lens/0/cases/1/lens",
    },
    {
      reason: "in the open in one home of two",
      lens: [{ all: [end(NEW), [{ at: OLD }]] }],
      pointer: "/lens/0/all/1",
    },
    { reason: "in the open in both", lens: [{ firstOf: [NEW, OLD] }], pointer: "/lens" },
  ])("is refused $reason", ({ lens, pointer }) => {
    expect(problemOf({ "local.admin-password": { lens } })).toEqual({
      pointer: `/spec/bind/local.admin-password${pointer}`,
      message: "is a secret and needs the step secret",
    });
  });

  it("step deep inside something that is no secret is refused", () => {
    expect(problemOf({ "voice.line1.number": { lens: greatek } })).toMatchObject({
      pointer: "/spec/bind/voice.line1.number/lens/0/cases/0/lens",
    });
  });
});

function problemOf(bind: object): unknown {
  try {
    loadMaps(mapOf({ bind }));
  } catch (error) {
    const [first] = error instanceof AppError ? error.problems : [];
    return { pointer: first?.pointer, message: first?.message };
  }
  return "loaded";
}

describe("a map is refused", () => {
  const lens = [{ at: A }];
  it.for<{ reason: string; lens: readonly unknown[]; pointer: string; message: string }>([
    {
      reason: "a case in the middle without when",
      lens: [{ cases: [{ lens }, { when: { has: A }, lens }] }],
      pointer: "/lens/0/cases",
      message: "only the last case may go without when",
    },
    {
      reason: "a when that asks nothing",
      lens: [{ cases: [{ when: {}, lens }] }],
      pointer: "/lens/0/cases/0/when",
      message: "wants version, has or lacks",
    },
    {
      reason: "a range that is none",
      lens: [{ cases: [{ when: { version: { scheme: "dotted", range: ">=x" } }, lens }] }],
      pointer: "/lens/0/cases/0/when/version",
      message: '"x" is no version of the scheme',
    },
    {
      reason: "a path that is none",
      lens: [{ cases: [{ when: { has: "Device..A" }, lens }] }],
      pointer: "/lens/0/cases/0/when/has",
      message: '"Device..A" has an empty segment',
    },
    {
      reason: "a mistake inside a case",
      lens: [{ cases: [{ lens: [{ at: "$x.A" }] }] }],
      pointer: "/lens/0/cases/0/lens/0/at",
      message: '"$x.A": no anchor "x".',
    },
    {
      reason: "one home twice",
      lens: [{ all: [lens, lens] }],
      pointer: "/lens/0/all/1",
      message: `"${A}" is also another home`,
    },
    {
      reason: "a companion that is the value itself",
      lens: [{ also: { [A]: "x" } }, { at: A }],
      pointer: "/lens/0/also/Device.A",
      message: `"${A}" is where the value itself stands`,
    },
    {
      reason: "a pattern that is none",
      lens: [{ text: { pattern: "(" } }, { at: A }],
      pointer: "/lens/0/text/pattern",
      message: "the pattern is none",
    },
  ])("for $reason", ({ lens: given, pointer, message }) => {
    expect(problemOf({ "voice.line1.number": { lens: given } })).toEqual({
      pointer: `/spec/bind/voice.line1.number${pointer}`,
      message: expect.stringContaining(message) as string,
    });
  });

  it("where the firmware depends on itself", () => {
    const when = { version: { scheme: "dotted", range: ">=2.3.7" } };
    expect(
      problemOf({ "device.software-version": { lens: [{ cases: [{ when, lens }] }] } }),
    ).toEqual({
      pointer: "/spec/bind/device.software-version/lens/0/cases/0/when/version",
      message: "is what this binding is there to tell",
    });
  });
});
