/**
 * Every way of having rows, as a map and as a CPE. What a row says, whose it is and what should be left in the end is
 * written down here by hand: the code under test has no say in it.
 */
import fc from "fast-check";
import type { LogicalValue } from "../../../../src/model/logical.ts";
import type { Mapper } from "../../../../src/mapping/mapper.ts";
import { testMapper, type Tree } from "../fixtures.ts";
import { treeOf, withRow, type Cpe, type Members } from "./cpe.ts";

export interface TableCase {
  readonly name: string;
  readonly logical: string;
  readonly mapper: Mapper;
  readonly cpe: Cpe;
  /** Everything but rows. */
  readonly rest: Tree;
  readonly order: "set" | "index";
  /** Small pools, so that rows and wanted entries meet. */
  readonly values: fc.Arbitrary<LogicalValue[]>;
  /** An entry as one word, for comparing. */
  readonly word: (entry: LogicalValue) => string;
  readonly key: (entry: LogicalValue) => string;
  /** What a row of ours says, as that word; null where it holds nothing. */
  readonly said: (members: Members) => string | null;
  readonly isStranger: (members: Members) => boolean;
  /** Any row that may be found: ours, free or half-made, a stranger's. */
  readonly row: fc.Arbitrary<Members>;
  /** Slots: how many there are. */
  readonly slots?: number;
  /** Twins are left alone where a row can only be named by its text. */
  readonly keepsTwins?: boolean;
}

export const NOBODY = (): boolean => false;
export const list = <T>(entry: fc.Arbitrary<T>, max = 5): fc.Arbitrary<T[]> =>
  fc.array(entry, { minLength: 1, maxLength: max });

export const khz = fc.integer({ min: 1, max: 6 }).map((n) => n * 5000);
export const text = (value: unknown): string => (typeof value === "string" ? value : String(value));
export const member = (entry: LogicalValue, name: string): string =>
  text((entry as Record<string, unknown>)[name]);

export const at = (path: string) => ({ at: path });
export const wave = [{ scale: { wire: "kHz" } }];

/** A scan list in rows of one parameter each. */
export const scan = (table: Record<string, unknown>): Mapper =>
  testMapper({
    bind: {
      "radio.scan-list": {
        lens: [
          {
            table: {
              scalar: "freq",
              fields: { freq: [...wave, at("$row.Frequency")] },
              ...table,
            },
          },
        ],
      },
    },
  });

/** What a row says that holds a frequency in this parameter; 0 and empty are none. */
export const frequency = (member: string) => (members: Members) =>
  members[member] === "0" || members[member] === "" ? null : (members[member] ?? null);

/** Rows under any numbers, in any number of rows. */
export function treesOf({ cpe, rest, row, slots }: TableCase): fc.Arbitrary<Tree> {
  const table = treeOf({ [cpe.prefix.slice(0, cpe.prefix.lastIndexOf(".") + 1)]: "" });
  const start = { ...rest, nodes: new Map([...rest.nodes, ...table.nodes]) };
  return fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 12 }), row), {
      selector: ([number]) => number,
      minLength: slots ?? 0,
      maxLength: slots ?? 5,
    })
    .map((rows) =>
      rows.reduce((tree: Tree, [number, members]) => withRow(cpe, tree, number, members), start),
    );
}
