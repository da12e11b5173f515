/**
 * Items of the inventory as rows of a table: a column for each member. Where a member is a number or yes or no, the cell is read
 * as that; a list is written with blanks between. An empty cell says nothing. What no cell can say takes JSON.
 */
import { z } from "zod";
import type { InventoryKind } from "../fraud/inventory/kind.ts";
import type { TableShape } from "./import-columns.ts";

interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
}

const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const FLAGS = new Map([
  ["true", true],
  ["false", false],
]);

function valueOf(cell: string, type: string | undefined): unknown {
  const text = cell.trim();
  if (type === "array") return text.split(/\s+/);
  if (type === "boolean") return FLAGS.get(text) ?? cell;
  if (type === "number" || type === "integer") return NUMBER.test(text) ? Number(text) : cell;
  return cell;
}

export function tableOf({ schema }: Pick<InventoryKind, "schema">): TableShape {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Shape;
  const { properties = {}, required = [] } = json;
  return {
    columns: Object.keys(properties),
    needed: required,
    row: (columns, cells) =>
      Object.fromEntries(
        columns.flatMap((column, at) => {
          const cell = cells[at] ?? "";
          return cell === "" ? [] : [[column, valueOf(cell, properties[column]?.type)]];
        }),
      ),
  };
}
