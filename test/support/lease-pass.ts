/**
 * One pass of the lease model for a device that holds one value, as `controller/reconciler.ts` makes it: read, intend,
 * write, note what became of it, read again, record.
 */
import type { Gate } from "../../src/controller/gate.ts";
import type { Conclusion } from "../../src/model/conclusion.ts";
import { NO_FAULTS, UNLEARNT, type WorkItem } from "../../src/model/records.ts";
import type { ExchangeResult } from "../../src/ports/acs.ts";
import type { EngineStore, Lease } from "../../src/ports/engine-store.ts";
import type { Question } from "./lease-acs.ts";

export async function reconcile(
  item: WorkItem,
  store: EngineStore,
  lease: Lease,
  gate: Gate,
  stop: AbortSignal,
): Promise<void> {
  const loaded = await store.load(item.key);
  const wanted = loaded?.documents[0]?.fields.credentials?.username;
  if (loaded === null || wanted === undefined) return;
  const changeId = `${lease.fence}-${item.gen}`;
  const ask = (question: Question): Promise<ExchangeResult> =>
    gate.transport({
      operation: question.kind,
      method: "POST",
      url: "",
      headers: {},
      body: JSON.stringify(question),
      context: { class: item.class, changeId, signal: stop },
      deviceId: item.id,
      alone: false,
    });
  const open = loaded.openIntents.map(({ id }) => id);
  const conclude = async (next: Conclusion["next"], settled: readonly number[]) => {
    const ended = next === null ? CONVERGED : { ...CONVERGED, ...DRIFTED, next };
    const verdicts = settled.map((id) => ({ id, verdict: "verified", mayFireMs: null }));
    await store.record({ ...NOTHING, work: item, lease, conclusion: ended, verdicts });
  };
  const later: Conclusion["next"] = { class: item.class, inMs: 1_000, reason: "not proven" };

  let seen = await ask({ kind: "read" });
  if (seen.kind !== "answer") {
    await conclude(later, []);
    return;
  }
  if (seen.body !== wanted) {
    const intent = await store.intend(lease, { ...INTENT, key: item.key, changeId });
    if (intent.kind !== "recorded") {
      await conclude(later, open);
      return;
    }
    const answer = await ask({ kind: "write", value: wanted });
    const outcome = { answer: "accepted", no_answer: "unknown", not_sent: "not_sent" } as const;
    await store.recordOutcome(intent.id, outcome[answer.kind], "", []);
    if (answer.kind !== "answer") {
      await conclude(later, open);
      return;
    }
    seen = await ask({ kind: "read" });
    if (seen.kind !== "answer") {
      await conclude(later, open);
      return;
    }
    open.push(intent.id);
  }
  await conclude(seen.body === wanted ? null : later, open);
}

const CONVERGED: Conclusion = {
  state: "converged",
  reason: "Reconciled",
  message: "",
  conditions: [],
  failures: {},
  faults: NO_FAULTS,
  quarantines: null,
  reachable: true,
  next: null,
  events: [],
};
const DRIFTED = { state: "drifted", reason: "DifferenceFound" } as const;
const NOTHING = {
  generation: "",
  evidenceBudgetMs: 86_400_000,
  observations: [],
  contact: true,
  reach: UNLEARNT,
  executedLate: [],
  believed: [],
  firmwareSeen: null,
  revocationsProven: [],
  waitsFor: null,
  mapProven: null,
  equal: [],
  quarantines: null,
  settledUnder: null,
};
const INTENT = {
  class: "urgent",
  generation: "",
  mapHash: "",
  planHash: "",
  step: 0,
  steps: 1,
  fields: ["credentials"],
  edits: [],
  settleMs: 0,
  reason: "model",
  cause: null,
} as const;
