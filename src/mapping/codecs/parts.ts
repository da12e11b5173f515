/** `parts`: value steps for each named member of a record (`{centreKhz, bandwidthKhz}`); exactly these members. */
import { z } from "zod";
import {
  isRecord,
  said,
  unsayable,
  type Codec,
  type Coded,
  type Plain,
  type Step,
} from "./codec.ts";

export const parts: Step<Record<string, unknown[]>> = {
  name: "parts",
  meaning: "steps for each member of a record",
  shape: "value",
  options: (pipeline) => z.record(z.string().min(1), pipeline),
  build(members, context, pointer) {
    const codecs = Object.entries(members).map(([name, steps]): readonly [string, Codec] => [
      name,
      context.codec(steps, `${pointer}/${name}`),
    ]);
    const all = (record: Plain, step: (codec: Codec, member: Plain) => Coded): Coded => {
      if (!isRecord(record) || Object.keys(record).length !== codecs.length) {
        return unsayable(`does not consist of ${codecs.map(([name]) => name).join(", ")}`);
      }
      const made: Record<string, Plain> = {};
      for (const [name, codec] of codecs) {
        const member = record[name];
        if (member === undefined) return unsayable(`has no ${name}`);
        const result = step(codec, member);
        if (!result.ok) return { ...result, message: `${name} ${result.message}` };
        made[name] = result.value;
      }
      return said(made);
    };
    return {
      encode: (value) => all(value, (codec, member) => codec.encode(member)),
      decode: (wire) => all(wire, (codec, member) => codec.decode(member)),
    };
  },
};
