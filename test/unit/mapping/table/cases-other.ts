/** Tables of slots, and tables whose rows come by a trigger. */
import fc from "fast-check";
import type { LogicalValue } from "../../../../src/model/logical.ts";
import { testMapper } from "../fixtures.ts";
import type { RowTrigger } from "../../../../src/mapping/lab/device.ts";
import { treeOf, type Cpe } from "./cpe.ts";
import {
  at,
  frequency,
  khz,
  list,
  member,
  NOBODY,
  scan,
  text,
  wave,
  type TableCase,
} from "./table-case.ts";

const channel = fc
  .record({ centreKhz: khz, bandwidthKhz: fc.constantFrom(5000, 10_000) })
  .map((entry): LogicalValue => ({ ...entry }));
export const slotted: TableCase = {
  name: "slots of several parameters, a set",
  logical: "radio.channel-plan",
  mapper: testMapper({
    bind: {
      "radio.channel-plan": {
        lens: [
          {
            table: {
              row: "Device.Radio.Plan.{r}",
              key: ["centreKhz"],
              fields: {
                centreKhz: [...wave, at("$row.Frequency")],
                bandwidthKhz: [...wave, at("$row.Bandwidth")],
              },
              slots: { free: { Frequency: 0, Bandwidth: 0 } },
              onCreate: { FFTSize: 1024 },
              order: "set",
            },
          },
        ],
      },
    },
  }),
  cpe: { prefix: "Device.Radio.Plan.", made: {} },
  rest: treeOf({}),
  order: "set",
  values: list(channel, 7),
  word: (entry) => `${member(entry, "centreKhz")}/${member(entry, "bandwidthKhz")}`,
  key: (entry) => member(entry, "centreKhz"),
  said: ({ Frequency = "", Bandwidth = "" }) =>
    Frequency === "0" && Bandwidth === "0" ? null : `${Frequency}/${Bandwidth}`,
  isStranger: NOBODY,
  row: fc.oneof(
    fc.constant({ Frequency: "0", Bandwidth: "0", FFTSize: "0" }),
    channel.map((entry) => ({
      Frequency: member(entry, "centreKhz"),
      Bandwidth: member(entry, "bandwidthKhz"),
      FFTSize: "1024",
    })),
  ),
  slots: 5,
};

export const numbered: TableCase = {
  name: "slots that are one parameter each, a list by position",
  logical: "radio.scan-list",
  mapper: scan({
    row: "Device.Radio.Freq{r}",
    fields: { freq: [...wave, at("$row")] },
    slots: { free: 0 },
    order: "index",
  }),
  cpe: { prefix: "Device.Radio.Freq", made: {} },
  rest: treeOf({ "Device.Radio.Running": "5000" }),
  order: "index",
  values: list(khz),
  word: text,
  key: text,
  said: frequency(""),
  isStranger: NOBODY,
  row: fc.oneof(fc.constant(0), khz).map((n) => ({ "": String(n) })),
  slots: 4,
};

const RULES = "Device.Radio.Rules.";
const ruleCpe = (removal: RowTrigger["removal"], accepts: RegExp): Cpe => ({
  prefix: `${RULES}Rule`,
  made: {},
  trigger: {
    insert: `${RULES}Insert`,
    prefix: `${RULES}Rule`,
    digits: 1,
    removal,
    maxRows: 40,
    accepts: (said) => accepts.test(said),
  },
});
const rules = (table: Record<string, unknown>) =>
  scan({
    row: `${RULES}Rule{r}`,
    fields: { freq: [...wave, at("$row")] },
    insert: { trigger: `${RULES}Insert` },
    ...table,
  });
const removedBy = (value: "rowName" | "rowText") =>
  rules({
    insert: { trigger: `${RULES}Insert`, value: wave },
    remove: { trigger: `${RULES}Delete`, value },
    order: "set",
    max: 12,
  });

export const named: TableCase = {
  name: "rows of a trigger, a set, removed by name",
  logical: "radio.scan-list",
  mapper: removedBy("rowName"),
  cpe: ruleCpe({ by: "trigger", trigger: `${RULES}Delete`, told: "rowName" }, /^\d+$/),
  rest: treeOf({ [`${RULES}Insert`]: "", [`${RULES}Delete`]: "" }),
  order: "set",
  values: list(khz),
  word: text,
  key: text,
  said: frequency(""),
  isStranger: NOBODY,
  row: khz.map((n) => ({ "": String(n) })),
};

export const told: TableCase = {
  ...named,
  name: "rows of a trigger, a set, removed by text",
  mapper: removedBy("rowText"),
  cpe: ruleCpe({ by: "trigger", trigger: `${RULES}Delete`, told: "rowText" }, /^\d+$/),
  keepsTwins: true,
};

export const emptied: TableCase = {
  ...named,
  name: "rows of a trigger, a list by position, emptied and gone",
  mapper: rules({ order: "index" }),
  cpe: ruleCpe({ by: "text", text: "" }, /^\d+$/),
  rest: treeOf({ [`${RULES}Insert`]: "" }),
  order: "index",
};

export const blank: TableCase = {
  ...emptied,
  name: "rows of a trigger, a list by position, emptied and still there",
  // No text makes a row of this CPE go; an empty one is taken like any other.
  cpe: ruleCpe({ by: "text", text: "never" }, /^\d*$/),
  row: fc.oneof(fc.constant(""), khz.map(String)).map((rule) => ({ "": rule })),
};
