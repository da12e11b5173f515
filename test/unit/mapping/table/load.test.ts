/** Tables that are refused when a map is loaded, since nobody could decide them on a device. */
import { describe, expect, it } from "vitest";
import { AppError } from "../../../../src/lib/errors.ts";
import { loadMaps } from "../../../../src/mapping/load.ts";
import { mapOf } from "../fixtures.ts";

type Given = Record<string, unknown>;

function problemsOf(logical: string, table: Given, more: Given = {}): string[] {
  const anchors = { wan: { row: "Device.W.{w}" } };
  try {
    loadMaps(mapOf({ anchors, bind: { [logical]: { lens: [{ table }], ...more } } }));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const root = `/spec/bind/${logical}/lens/0/table`;
    return error.problems.map(
      ({ pointer = "", message }) => `${pointer.replace(root, "")}: ${message}`,
    );
  }
  return [];
}

const khz = [{ scale: { wire: "kHz" } }];
const inRow = { fields: { freq: [...khz, { at: "$row.F" }] } };
const isRow = { fields: { freq: [...khz, { at: "$row" }] } };
const real: Given = { row: "Device.T.{r}", scalar: "freq", order: "index", ...inRow };
const slots: Given = { ...real, slots: { free: { F: 0 } } };
const rule: Given = {
  row: "Device.T.Rule{r}",
  scalar: "freq",
  order: "index",
  ...isRow,
  insert: { trigger: "Device.T.Insert" },
};
const told = { trigger: "Device.T.Delete", value: "rowName" };

describe("a table is taken", () => {
  it.for<[string, Given]>([
    ["with rows of AddObject", real],
    ["below an anchor", { ...real, row: "$wan.T.{r}" }],
    ["with slots", slots],
    ["with slots below several objects", { ...slots, row: "Device.P.{p}.T.{r}" }],
    [
      "with slots that are one parameter each",
      { ...slots, row: "Device.F{r}", ...isRow, slots: { free: 0 } },
    ],
    ["with a trigger, its rows one parameter each", rule],
    [
      "with two triggers",
      { ...rule, ...inRow, insert: { trigger: "$wan.Insert", value: khz }, remove: told },
    ],
    [
      "of which some rows are ours",
      {
        ...real,
        onCreate: { By: "us" },
        owns: { where: [{ param: "By", equals: "us" }] },
        ignore: [{ param: "On", equals: false }],
      },
    ],
  ])("%s", ([, table]) => {
    expect(problemsOf("radio.scan-list", table)).toEqual([]);
  });
  it("with rows below several objects, where it is only read", () => {
    const table = { ...real, row: "Device.P.{p}.T.{r}" };
    expect(problemsOf("radio.scan-list", table, { observeOnly: true })).toEqual([]);
    expect(problemsOf("radio.scan-list", table)).toEqual([
      "/row: does not say below which object a new row belongs, so the binding has to say observeOnly: true",
    ]);
  });
});

describe("a table is refused", () => {
  it.for<{ reason: string; table: Given; problem: string }>([
    {
      reason: "no row to look for",
      table: { ...real, row: "Device.T" },
      problem: "/row: has no {instance}",
    },
    {
      reason: "AddObject makes no Rule5",
      table: { ...real, row: "Device.T.Rule{r}" },
      problem: "/row: has to end in an {instance}",
    },
    {
      reason: "AddObject makes no parameter",
      table: { ...real, ...isRow },
      problem: "/row: a row of AddObject is an object",
    },
    {
      reason: "where would a trigger make a row?",
      table: { ...rule, row: "Device.P.{p}.Rule{r}" },
      problem: "/row: has several {instances}",
    },
    { reason: "no fields", table: { ...real, fields: {} }, problem: "/fields: has no fields" },
    {
      reason: "a scalar among others",
      table: { ...real, fields: { ...inRow.fields, b: [{ at: "$row.B" }] } },
      problem: "/scalar: has to be the only field",
    },
    {
      reason: "a record in one parameter",
      table: { ...rule, scalar: undefined },
      problem: "/fields: $row is one parameter",
    },
    {
      reason: "one parameter for all rows",
      table: { ...real, fields: { freq: [{ at: "Device.F" }] } },
      problem: '/fields/freq: "Device.F" is not below $row',
    },
    {
      reason: "two fields in one parameter",
      table: {
        ...real,
        scalar: undefined,
        fields: { a: [{ at: "$row.F" }], b: [{ at: "$row.F" }] },
      },
      problem: "/fields/b: stands in the same parameter as a",
    },
    {
      reason: "a table in a row",
      table: { ...real, fields: { freq: [{ table: { ...real, row: "$row.S.{s}" } }] } },
      problem: "/fields/freq/0/table/row: stands in a row of another table",
    },
    {
      reason: "a secret in a row",
      table: { ...real, fields: { freq: [{ secret: {} }, { at: "$row.F" }] } },
      problem: "/fields/freq: a secret cannot stand in the rows",
    },
    {
      reason: "a key that is no field",
      table: { ...real, key: ["frq"] },
      problem: '/key/0: no field "frq". Did you mean "freq"?',
    },
    {
      reason: "both kinds",
      table: { ...slots, insert: { trigger: "Device.I" } },
      problem: ": wants at most one of slots and insert",
    },
    {
      reason: "no text for a row that is one parameter",
      table: { ...slots, row: "Device.F{r}", ...isRow },
      problem: "/slots/free: wants one text",
    },
    {
      reason: "one text for several parameters",
      table: { ...slots, slots: { free: 0 } },
      problem: "/slots/free: wants a text for each",
    },
    {
      reason: "slots with a bound",
      table: { ...slots, max: 3 },
      problem: "/max: slots are counted",
    },
    {
      reason: "what to tell the trigger?",
      table: { ...rule, ...inRow, remove: told },
      problem: "/insert: needs value",
    },
    {
      reason: "how does such a row go?",
      table: { ...rule, ...inRow, insert: { trigger: "Device.I", value: khz } },
      problem: "/remove: needs a trigger",
    },
    {
      reason: "remove without insert",
      table: { ...real, remove: { text: "" } },
      problem: "/remove: only rows made by insert",
    },
    {
      reason: "remove by both",
      table: { ...rule, remove: { ...told, text: "" } },
      problem: "/remove: wants either text",
    },
    {
      reason: "remove by nothing",
      table: { ...rule, remove: {} },
      problem: "/remove: wants either text",
    },
    {
      reason: "which of two equal rows?",
      table: { ...rule, remove: { ...told, value: "rowText" } },
      problem: "/remove/value: a list may hold one text twice",
    },
    {
      reason: "a trigger and more to write",
      table: { ...rule, onCreate: { On: 1 } },
      problem: "/onCreate: a trigger makes a row whole",
    },
    {
      reason: "a field that is set when made too",
      table: { ...real, onCreate: { F: 1 } },
      problem: "/onCreate/F: is a field already",
    },
    {
      reason: "a path that is none",
      table: { ...real, onCreate: { "A..B": 1 } },
      problem: "/onCreate/A..B: is not a path below the row",
    },
    {
      reason: "a default that tells nothing",
      table: { ...real, created: { G: 7 } },
      problem: "/created/G: is no field",
    },
    {
      reason: "a default without AddObject",
      table: { ...slots, created: { F: 7 } },
      problem: "/created: only rows of AddObject",
    },
    {
      reason: "nobody makes a row ours",
      table: { ...real, owns: { where: [{ param: "By", equals: "us" }] } },
      problem: "/owns: a new row would not be ours: neither onCreate nor a field says By is us",
    },
    {
      reason: "onCreate says otherwise",
      table: { ...real, onCreate: { By: "me" }, owns: { where: [{ param: "By", equals: "us" }] } },
      problem: "/owns: a new row would not be ours",
    },
    {
      reason: "we would ignore what we make",
      table: { ...real, onCreate: { By: "us" }, ignore: [{ param: "By", matches: "^u" }] },
      problem: "/ignore: a new row would be ignored: onCreate says By matches ^u",
    },
    {
      reason: "nothing to test",
      table: { ...rule, ignore: [{ param: "By", equals: "x" }] },
      problem: "/ignore: a row that is one parameter",
    },
    {
      reason: "a condition that is none",
      table: { ...real, ignore: [{ param: "By" }] },
      problem: "/ignore/0: wants exactly one of",
    },
    {
      reason: "a pattern that is none",
      table: { ...real, ignore: [{ param: "By", matches: "(" }] },
      problem: "/ignore/0: the pattern",
    },
    {
      reason: "a row of another one",
      table: { ...real, row: "$row.T.{r}" },
      problem: '/row: "$row.T.{r}": no anchor "row"',
    },
    {
      reason: "an unknown trigger's anchor",
      table: { ...rule, insert: { trigger: "$wam.I" } },
      problem: '/insert/trigger: "$wam.I": no anchor "wam"',
    },
  ])("$reason", ({ table, problem }) => {
    const given = Object.fromEntries(
      Object.entries(table).filter(([, part]) => part !== undefined),
    );
    expect(problemsOf("radio.scan-list", given).join("\n")).toContain(problem);
  });

  it("that does not say which rows are ours, where others make such rows too", () => {
    const table = {
      row: "$wan.M.{r}",
      key: ["externalPort"],
      fields: { externalPort: [{ int: {} }, { at: "$row.P" }] },
      order: "set",
    };
    expect(problemsOf("lan.port-mappings", table)).toEqual([
      ": has rows of others too and no owns that tells ours, so the binding has to say observeOnly: true",
    ]);
    expect(problemsOf("lan.port-mappings", { ...table, owns: "all" })).toEqual([]);
    expect(problemsOf("lan.port-mappings", table, { observeOnly: true })).toEqual([]);
  });
});
