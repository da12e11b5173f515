/** Why a value may never be written although it exists: the reasons that several types share. None quotes the value. */
import { isList } from "../../model/logical.ts";
import type { LogicalType } from "./type.ts";

type Reason = LogicalType["never"];

const CONTROL = /[\u0000-\u001f\u007f]/;

/** XML carries few control characters, and no device means one. */
export const noControl: Reason = (value) =>
  typeof value === "string" && CONTROL.test(value) ? "holds a control character" : undefined;

/** No empty text and no empty list, because `why`. */
export const notEmpty =
  (why: string): Reason =>
  (value) =>
    value === "" || (isList(value) && value.length === 0) ? why : undefined;

/** The first of several reasons that holds. */
export const either =
  (...reasons: readonly Reason[]): Reason =>
  (value) => {
    for (const reason of reasons) {
      const why = reason(value);
      if (why !== undefined) return why;
    }
    return undefined;
  };
