/** What the ACS may still execute, in a pass: what of it was executed late, what it casts doubt on, what joins it. */
import type { LedgerFacts } from "../reconcile/drafts.ts";
import { bootedAt } from "../reconcile/boot.ts";
import { doubtOf, executedLate, lookAgainMs, mayFireMs, toldAsLate } from "../reconcile/ledger.ts";
import type { Settled } from "../reconcile/verify.ts";
import type { FieldName } from "../model/fields/index.ts";
import { EMPTY_SNAPSHOT } from "../model/parameter.ts";
import type { Assessment } from "../model/plan.ts";
import { DOUBTED, type OpenIntent } from "../model/records.ts";
import { callContext } from "./context.ts";
import type { Deps } from "./deps.ts";
import type { Seen } from "./observe.ts";
import { databaseNow, type Pass } from "./pass.ts";

/** A secret that a late write may have replaced is written once more, with whatever this pass writes. */
export async function doubtSecrets(pass: Pass, seen: Seen, deps: Deps): Promise<void> {
  const { ledger, status } = pass.loaded;
  if (ledger.length === 0) return;
  const now = databaseNow(pass, deps.clock.monotonicMs());
  const readAt = pass.observations.at(-1)?.readAt ?? pass.loaded.observation?.readAt ?? now;
  const back = status.reachable === false ? now : bootedAt(seen.mapper, seen.snapshot, readAt);
  const doubt = doubtOf(ledger, pass.effective, seen.snapshot, back);
  if (doubt === null) return;
  if (!(await deps.store.doubtSecrets(pass.work.key, doubt.intents, doubt.logicals))) return;
  for (const logical of doubt.logicals)
    pass.secretStates.set(logical, { digest: DOUBTED, origin: "written", epoch: pass.epoch });
  pass.doubt = doubt;
}

/** Notes which differences are late executions, and says so in them. */
export function noteLate(pass: Pass, seen: Seen, assessments: readonly Assessment[]): Assessment[] {
  const { ledger } = pass.loaded;
  const left = ledger.filter(({ id }) => !pass.executedLate.has(id));
  for (const write of executedLate(left, assessments, seen.snapshot))
    pass.executedLate.set(write.id, write);
  return toldAsLate(assessments, [...pass.executedLate.values()]);
}

/** Settled by this read: what of it may still be executed, unless the ACS says that nothing will come of it any more. */
export async function withLedger(
  settled: readonly Settled[],
  pass: Pass,
  seen: Seen,
  deps: Deps,
): Promise<Settled[]> {
  const { cancelTask } = deps.acs.capabilities;
  const entries: Settled[] = [];
  for (const entry of settled) {
    const intent = pass.loaded.openIntents.find(({ id }) => id === entry.id);
    const ms =
      intent === undefined ? null : mayFireMs(intent, entry.verdict, seen.snapshot, cancelTask);
    const over = ms === null || intent === undefined || (await isOver(intent, pass, deps));
    entries.push(over ? entry : { ...entry, mayFireMs: ms });
  }
  return entries;
}

/** Of a write that was verified in its own pass: it stays in the ledger when nothing of it could be read back. */
export function late(
  sent: Pick<OpenIntent, "outcome" | "edits">,
  deps: Deps,
): Pick<Settled, "mayFireMs"> {
  const ms = mayFireMs(sent, "verified", EMPTY_SNAPSHOT, deps.acs.capabilities.cancelTask);
  return ms === null ? {} : { mayFireMs: ms };
}

async function isOver(intent: OpenIntent, pass: Pass, deps: Deps): Promise<boolean> {
  if (intent.ticket === "" || deps.acs.taskStatus === undefined) return false;
  const said = await deps.acs.taskStatus(intent.ticket, pass.device, callContext(pass, deps));
  return said.kind === "done" || said.kind === "failed";
}

/** Fields whose difference is our own late write: correcting them is no fight with anybody. */
export function lateFields(pass: Pass): ReadonlySet<FieldName> {
  const { executed, doubted } = ledgerFacts(pass, pass.loaded.now);
  return new Set([...executed.flatMap(({ fields }) => fields), ...(doubted?.fields ?? [])]);
}

export function ledgerFacts(pass: Pass, now: Date): LedgerFacts {
  const { ledger, openIntents } = pass.loaded;
  const joined = openIntents.filter(({ id }) =>
    pass.settled.some((entry) => entry.id === id && entry.mayFireMs !== undefined),
  );
  const left = [...ledger.filter(({ id }) => !pass.executedLate.has(id)), ...joined];
  const snapshot = pass.observations.at(-1)?.snapshot;
  const doubtedFields = pass.effective.fields.filter(({ secretDigest }) => secretDigest !== null);
  return {
    executed: [...pass.executedLate.values()],
    doubted:
      pass.doubt === null
        ? null
        : { intents: pass.doubt.intents, fields: doubtedFields.map(({ name }) => name) },
    lookAgainMs: snapshot === undefined ? null : lookAgainMs(left, snapshot, now),
  };
}
