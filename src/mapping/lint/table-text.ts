/** Tables as a map writes them: what of their rows the options name without a step. */
import { pointerOf } from "../../lib/schema.ts";
import { isRecord } from "../../model/logical.ts";

/**
 * - `value`: read, and written unless the binding only observes
 * - `probe`: the device is asked whether it has it, or what it says decides how it is read; never written
 * - `condition`: a row is chosen by what it holds
 * - `trigger`: a write makes or removes a row
 * - `action`: a write starts something, and only that is meant
 * - `row`: rows of a table, looked for; `rows`: also added and deleted
 */
export type Purpose = "value" | "probe" | "condition" | "trigger" | "action" | "row" | "rows";

interface TableText {
  readonly pointer: string;
  /** Rows are made by AddObject, not by a trigger, and are not fixed. */
  readonly makesRows: boolean;
  /** Parameters below the row that the options name without a step. */
  readonly params: readonly {
    readonly param: string;
    readonly purpose: Purpose;
    readonly pointer: string;
  }[];
}

/** Options of a table that name parameters of its rows. */
const MEMBERS: Readonly<Record<string, Purpose>> = {
  "/slots/free": "value",
  "/onCreate": "value",
  "/created": "probe",
};
const CONDITIONS = ["/owns/where", "/ignore"];

/** The options of every table anywhere in the steps of a lens, each with its place. */
export function tableOptions(
  steps: unknown,
  pointer: string,
): { readonly pointer: string; readonly options: Readonly<Record<string, unknown>> }[] {
  if (Array.isArray(steps))
    return steps.flatMap((step, at) => tableOptions(step, `${pointer}/${at}`));
  if (!isRecord(steps)) return [];
  return Object.entries(steps).flatMap(([name, options]) => {
    const inner = pointer + pointerOf([name]);
    const own = name === "table" && isRecord(options) ? [{ pointer: inner, options }] : [];
    return [...own, ...tableOptions(options, inner)];
  });
}

/** Tables as a map writes them. */
export function tablesIn(steps: unknown, pointer: string): TableText[] {
  return tableOptions(steps, pointer).map(({ pointer: inner, options }) => {
    const members = Object.entries(MEMBERS).flatMap(([at, purpose]) => {
      const given = member(options, at);
      const names = isRecord(given) ? Object.keys(given) : [];
      return names.map((param) => ({ param, purpose, pointer: inner + at + pointerOf([param]) }));
    });
    const conditions = CONDITIONS.flatMap((at) => {
      const given = member(options, at);
      const list: readonly unknown[] = Array.isArray(given) ? given : [];
      return list.flatMap((one, index) =>
        isRecord(one) && typeof one["param"] === "string"
          ? [
              {
                param: one["param"],
                purpose: "condition" as const,
                pointer: `${inner}${at}/${index}/param`,
              },
            ]
          : [],
      );
    });
    const makesRows = options["slots"] === undefined && options["insert"] === undefined;
    return { pointer: inner, makesRows, params: [...members, ...conditions] };
  });
}

export function member(options: Readonly<Record<string, unknown>>, at: string): unknown {
  let found: unknown = options;
  for (const name of at.split("/").slice(1)) found = isRecord(found) ? found[name] : undefined;
  return found;
}
