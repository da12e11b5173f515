/** Which binding is written before which, what it requires, and what is refused. */
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/lib/errors.ts";
import { loadMaps } from "../../../src/mapping/load.ts";
import { mapOf, testMapper } from "./fixtures.ts";

const ON = "Device.Enable";

describe("the order between bindings", () => {
  const bind = (more: Record<string, object>) =>
    Object.fromEntries(
      Object.entries(more).map(([logical, extra]) => [
        logical,
        { lens: [{ at: `Device.X${logical.length}` }], ...extra },
      ]),
    );
  const A = "voice.line1.number";
  const B = "voice.sip.username";
  const C = "voice.sip.uri";
  const after = (names: Record<string, object>, logical: string) =>
    testMapper({ bind: bind(names) }).bindings.get(logical)?.after;

  it("is told by the one that waits, whoever says it", () => {
    expect(after({ [A]: { order: { after: [B] } }, [B]: {} }, A)).toEqual([B]);
    expect(after({ [A]: {}, [B]: { order: { before: [A] } } }, A)).toEqual([B]);
    expect(
      after({ [A]: { order: { after: [B] } }, [B]: { order: { before: [A] } }, [C]: {} }, A),
    ).toEqual([B]);
    expect(after({ [A]: {}, [B]: {} }, A)).toEqual([]);
  });

  it("leaves out what the map does not bind", () => {
    expect(after({ [A]: { order: { after: [B] } } }, A)).toEqual([]);
  });

  const problems = (spec: Record<string, object>): string[] => {
    try {
      loadMaps(mapOf({ bind: bind(spec) }));
    } catch (error) {
      const found = error instanceof AppError ? error.problems : [];
      return found.map(({ pointer, message }) => `${pointer ?? ""}: ${message}`);
    }
    return [];
  };

  it.for<{ reason: string; spec: Record<string, object>; want: string[] }>([
    {
      reason: "two that wait for one another, both places named",
      spec: { [A]: { order: { after: [B] } }, [B]: { order: { after: [A] } } },
      want: [
        `/spec/bind/${A}/order/after/0: ${B} before ${A} closes a circle: each waits for the other`,
        `/spec/bind/${B}/order/after/0: ${A} before ${B} closes a circle: each waits for the other`,
      ],
    },
    {
      reason: "three in a circle, and not the one that only leads there",
      spec: {
        [A]: { order: { before: [B] } },
        [B]: { order: { before: [C] } },
        [C]: { order: { before: [A] } },
        "voice.sip.server": { order: { before: [A] } },
      },
      want: [
        `/spec/bind/${A}/order/before/0: ${A} before ${B} closes a circle: each waits for the other`,
        `/spec/bind/${B}/order/before/0: ${B} before ${C} closes a circle: each waits for the other`,
        `/spec/bind/${C}/order/before/0: ${C} before ${A} closes a circle: each waits for the other`,
      ],
    },
    {
      reason: "one that waits for itself",
      spec: { [A]: { order: { after: [A] } } },
      want: [
        `/spec/bind/${A}/order/after/0: ${A} before ${A} closes a circle: each waits for the other`,
      ],
    },
    {
      reason: "a name that is none",
      spec: { [A]: { order: { after: ["voice.sip.usernam"] }, requires: ["voice.sip.url"] } },
      want: [
        `/spec/bind/${A}/order/after/0: unknown logical parameter "voice.sip.usernam". Did you mean "${B}"?`,
        `/spec/bind/${A}/requires/0: unknown logical parameter "voice.sip.url". Did you mean "${C}"?`,
      ],
    },
    {
      reason: "a partner that is not bound",
      spec: { [A]: { requires: [B] } },
      want: [`/spec/bind/${A}/requires/0: ${A} requires ${B}, which the map does not bind`],
    },
    {
      reason: "nothing, where the partner is bound",
      spec: { [A]: { requires: [B] }, [B]: {} },
      want: [],
    },
    {
      reason: "a switch that is set to the same twice",
      spec: { [A]: { order: { disable: { [ON]: true }, enable: { [ON]: 1 } } } },
      want: [`/spec/bind/${A}/order: "${ON}" is set to the same twice`],
    },
    {
      reason: "a switch whose path is none",
      spec: { [A]: { order: { disable: { "Device.T.{i}.Enable": 0 } } } },
      want: [
        `/spec/bind/${A}/order: "Device.T.{i}.Enable" names many parameters; an anchor chooses one row`,
      ],
    },
  ])("refuses $reason", ({ spec, want }) => {
    expect(problems(spec)).toEqual(want);
  });
});
