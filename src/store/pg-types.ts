/** How values of PostgreSQL become values of ours. Everything not named here is read as `pg` reads it. */
import pg from "pg";
import { AppError } from "../lib/errors.ts";

/** Numbers of types in PostgreSQL's catalogue; they are the same in every database. */
const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;

type Parser = (text: string) => unknown;

/** Their declaration lists the types without an array among them; the function takes any number. */
const parserOfPg = pg.types.getTypeParser as (oid: number, format?: "text" | "binary") => Parser;

/** `timestamptz` stays as `pg` has it: a Date, or the numbers Infinity and -Infinity, which are no Dates. */
export function parserOf(oid: number, format?: "text" | "binary"): Parser {
  if (format !== "binary") {
    if (oid === INT8) return parseInt8;
    if (oid === INT8_ARRAY) return parseInt8Array;
    if (oid === DATE) return (text) => text; // a day has no time zone; a Date would give it this machine's
  }
  return parserOfPg(oid, format);
}

/** Ids, counts and generations; none of ours comes near the limit, so past it there is a mistake, and no rounding. */
export function parseInt8(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new AppError("internal", `the int8 ${text} is beyond what a number holds exactly`);
}

function parseInt8Array(text: string): unknown {
  const asNumbers = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(asNumbers);
    return typeof value === "string" ? parseInt8(value) : value;
  };
  return asNumbers(parserOfPg(INT8_ARRAY)(text));
}
