/** `split`: a record whose members stand in several parameters. Only the members that differ are written, in one call. */
import { z } from "zod";
import {
  isRecord,
  putChanged,
  refused,
  said,
  together,
  unsayable,
  type Got,
  type Lens,
  type Plain,
  type Step,
} from "./codec.ts";

/** What is not known beats what is wrong, which beats what is missing: nothing is concluded from half a record. */
const RANK: readonly Got["kind"][] = [
  "unread",
  "nil",
  "ambiguous",
  "no_instance",
  "absent",
  "foreign",
  "unreadable",
  "nonconforming",
];

/** Of several results the one that decides against a value, if there is one. */
export function obstacleIn(gots: readonly Got[]): Got | undefined {
  const rank = (got: Got): number => RANK.indexOf(got.kind);
  return gots.filter((got) => rank(got) >= 0).sort((a, b) => rank(a) - rank(b))[0];
}

/** Also the shape of a table's row. `members` is never empty. */
export function recordLens(members: readonly (readonly [string, Lens])[]): Lens {
  const names = members.map(([name]) => name);
  const place = members.map(([, lens]) => lens.place).join(", ");
  const part = (value: Plain, name: string): Plain | undefined =>
    isRecord(value) && Object.keys(value).length === names.length ? value[name] : undefined;
  return {
    needs: members.flatMap(([, lens]) => lens.needs),
    place,
    normal(value, view) {
      const made: Record<string, Plain> = {};
      for (const [name, lens] of members) {
        const member = part(value, name);
        if (member === undefined) return unsayable(`does not consist of ${names.join(", ")}`);
        const result = lens.normal(member, view);
        if (!result.ok) return { ...result, message: `${name} ${result.message}` };
        made[name] = result.value;
      }
      return said(made);
    },
    get(view) {
      const gots = members.map(([name, lens]) => [name, lens.get(view)] as const);
      const bad = obstacleIn(gots.map(([, got]) => got));
      if (bad !== undefined) return bad;
      const made: Record<string, Plain> = {};
      const paths: string[] = [];
      for (const [name, got] of gots) {
        if (got.kind !== "value") continue;
        made[name] = got.value;
        paths.push(...got.paths);
      }
      return { kind: "value", value: made, paths };
    },
    put(value, view) {
      const results = members.map(([name, lens]) => {
        const member = part(value, name);
        return member === undefined
          ? refused("domain", place, `does not consist of ${names.join(", ")}`)
          : putChanged(lens, member, view);
      });
      return together(results);
    },
  };
}

export const split: Step<Record<string, unknown[]>> = {
  name: "split",
  meaning: "a record whose members stand in several parameters",
  shape: "end",
  options: (pipeline) =>
    z
      .record(z.string().min(1), pipeline)
      .refine((members) => Object.keys(members).length > 0, "has no members"),
  build: (members, context, pointer) =>
    recordLens(
      Object.entries(members).map(([name, steps]): readonly [string, Lens] => [
        name,
        context.lens(steps, `${pointer}/${name}`),
      ]),
    ),
};
