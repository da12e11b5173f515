import fc from "fast-check";
import { canonicalJson } from "../../../lib/hash.ts";
import type { Observation } from "../../../model/logical.ts";
import type { Operation } from "../../../model/parameter.ts";
import type { LabDevice } from "../../lab/device.ts";
import { movesOf, renumbered, type Renumbering } from "../../lab/vary.ts";
import type { Template } from "../../path.ts";
import { Broken, judgeBy, type Law } from "../law.ts";
import { rowsOf } from "../spread.ts";
import { equal, get, put, settle, type Trial } from "../trial.ts";
import { valuesFor } from "./drawn.ts";

/** Where the numbers of some rows stand: paths up to them, and whether the number is a part of a name. */
function placesOf(rows: readonly Template[]): {
  readonly whole: RegExp[];
  readonly named: string[];
} {
  const whole: RegExp[] = [];
  const named: string[] = [];
  for (const { segments } of rows) {
    let before = "";
    for (const segment of segments) {
      if (segment.kind === "name") before += `${segment.text}\\.`;
      else {
        if (segment.before === "" && segment.after === "") whole.push(new RegExp(`^${before}$`));
        else if (!before.includes("\\d") && segment.after === "")
          named.push(before.replaceAll("\\", "") + segment.before);
        before += `${segment.before}\\d+${segment.after}\\.`;
      }
    }
  }
  return { whole, named };
}

const moving = (
  trial: Trial,
  permute: (numbers: readonly number[]) => readonly number[],
): Renumbering => {
  const { whole, named } = placesOf(rowsOf(trial.bound, trial.subject.anchors));
  return {
    inNames: named,
    permute: (table, numbers) =>
      named.includes(table) || whole.some((place) => place.test(table))
        ? permute(numbers)
        : numbers,
  };
};

const moved = ({ tree, ...rest }: LabDevice, by: Renumbering): LabDevice => {
  const there = renumbered(tree, by);
  return { ...rest, tree: there, first: there };
};

/** The same calls with other numbers. */
function movedCalls(
  calls: readonly Operation[],
  { path, text }: ReturnType<typeof movesOf>,
): Operation[] {
  return calls.map((call): Operation => {
    switch (call.kind) {
      case "set": {
        const edits = call.edits.map((edit) => ({
          path: path(edit.path),
          value:
            edit.value.kind === "text"
              ? { ...edit.value, text: text(edit.value.text) }
              : edit.value,
        }));
        return { kind: "set", edits };
      }
      case "add":
        return { kind: "add", table: path(call.table) };
      case "delete":
        return { kind: "delete", row: path(call.row) };
      case "reboot":
      case "download":
      case "factoryReset":
        return call;
    }
  });
}

/** Does the order of numbers mean something: rows tried in turn, or the lowest of several taken? */
function countsOnOrder({ subject, logical }: Trial): boolean {
  const said = canonicalJson([
    subject.mapper.resolved.bind[logical] ?? null,
    subject.mapper.resolved.anchors,
  ]);
  return /"order":"index"|"pick":"(lowest|highest)"/.test(said);
}

function sameReading(trial: Trial, here: Observation, there: Observation): boolean {
  if (here.kind !== there.kind) return false;
  const both = "value" in here && "value" in there ? [here.value, there.value] : [];
  const [a, b] = both;
  return a === undefined || b === undefined || equal(trial, a, b);
}

export const renumber: Law = {
  name: "Renumber",
  says: "other row numbers change nothing that is read, and nothing but the numbers in what is written",
  judge: (trial, budget) => {
    if (rowsOf(trial.bound, trial.subject.anchors).length === 0) return null;
    const drawn = fc.record({
      value: valuesFor(trial),
      // Rules of two digits have room for no more.
      by: fc.integer({ min: 1, max: 20 }),
      reverse: fc.boolean(),
    });
    const ordered = countsOnOrder(trial);
    return judgeBy(drawn, budget, ({ value, by, reverse }, tally) => {
      const back = reverse && !ordered;
      const renumbering = moving(trial, (numbers) =>
        back ? [...numbers].reverse() : numbers.map((number) => number + by),
      );
      const device = moved(trial.device, renumbering);
      const [read, elsewhere] = [get(trial), get(trial, device)];
      if (!sameReading(trial, read, elsewhere))
        throw new Broken(`reads ${elsewhere.kind} where it was ${read.kind}, or another value`);
      const [here, there] = [put(trial, value), put(trial, value, device)];
      if (here.kind === "refused" || there.kind === "refused") {
        tally.refused += 1;
        if (here.kind === there.kind) return;
        throw new Broken("is taken with the one numbers and refused with the other");
      }
      if (back) {
        const ends = [trial.device, device].map((start) => settle(trial, start, value));
        const [one, other] = ends.map((end) =>
          end.kind === "settled" ? get(trial, end.device) : null,
        );
        if (one && other && sameReading(trial, one, other)) return;
        throw new Broken("ends in something else when its rows are numbered backwards");
      }
      const want = movedCalls(here.calls, movesOf(trial.device.tree, renumbering));
      if (canonicalJson(want) !== canonicalJson(there.calls))
        throw new Broken("writes something else than the same with other numbers");
    });
  },
};
