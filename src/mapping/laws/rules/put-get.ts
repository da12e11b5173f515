import { Secret } from "../../../lib/secret.ts";
import { printLogical } from "../../../model/logical.ts";
import { canonical } from "../../../model/tree/lexical.ts";
import { Broken, judgeBy, type Law } from "../law.ts";
import { equal, get, settle, type Settled, type Trial } from "../trial.ts";
import { deviceAfter, drawnFor, settledOr } from "./drawn.ts";

/** The device holds the secret wherever a call wrote one, and shows nothing of it. */
function secretHeld(
  trial: Trial,
  { device, done }: Extract<Settled, { kind: "settled" }>,
  value: Secret,
): void {
  const edits = done.flatMap((call) => (call.kind === "set" ? call.edits : []));
  const homes = edits.filter((edit) => edit.value.kind === "secret").map(({ path }) => path);
  if (homes.length === 0) throw new Broken("no call holds the secret");
  for (const path of homes) {
    const node = device.tree.nodes.get(path);
    const held = node?.value ?? "";
    if (!new Secret(held).equals(new Secret(canonical(node?.type ?? null, value.open()) ?? "")))
      throw new Broken(`${path} holds something else than the secret`);
  }
  const { kind } = get(trial, device);
  if (kind !== "unreadable") throw new Broken(`it reads ${kind} and not unreadable`);
}

export const putGet: Law = {
  name: "PutGet",
  says: "what was put is read back in normal form; a secret stays unreadable and is what the device holds",
  judge: (trial, budget) =>
    trial.standing !== "open"
      ? null
      : judgeBy(drawnFor(trial), budget, ({ value, before, manner }, tally) => {
          const start = deviceAfter(trial, before, manner);
          const settled = settledOr(settle(trial, start, value, manner), tally);
          if (settled === undefined) return;
          if (value instanceof Secret) {
            secretHeld(trial, settled, value);
            return;
          }
          const want = trial.bound.type.parse(value);
          const got = get(trial, settled.device);
          if (want === undefined) throw new Broken("a value that is not of the type was written");
          if (got.kind !== "value") throw new Broken(`it reads ${got.kind}`);
          if (!equal(trial, got.value, want))
            throw new Broken(`reads ${printLogical(got.value)}, not ${printLogical(want)}`);
        }),
};
