/** `each`: value steps for every item of a list, in order; the empty list stays empty. */
import type { z } from "zod";
import { isList, said, unsayable, type Coded, type Plain, type Step } from "./codec.ts";

export const each: Step<unknown[]> = {
  name: "each",
  meaning: "steps for every item of a list",
  shape: "value",
  options: (pipeline): z.ZodType<unknown[]> => pipeline,
  build(steps, context, pointer) {
    const codec = context.codec(steps, pointer);
    const all = (list: Plain, step: (item: Plain) => Coded): Coded => {
      if (!isList(list)) return unsayable("is not a list");
      const items: Plain[] = [];
      for (const item of list) {
        const result = step(item);
        if (!result.ok) return { ...result, message: `an item ${result.message}` };
        items.push(result.value);
      }
      return said(items);
    };
    return {
      encode: (value) => all(value, codec.encode),
      decode: (wire) => all(wire, codec.decode),
    };
  },
};
