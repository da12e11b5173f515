/**
 * From verdicts to findings: one open finding for each credential, pattern and pair; new evidence goes into it and never raises a second
 * alarm. What a quiet window holds is remembered with its end and asked again then. A finding whose ground is gone, because a later
 * packet or a late order explains it, is closed with that reason and kept.
 */
import { sortExhibits } from "./evidence.ts";
import { evidencePack, type EvidencePack } from "./evidence-pack.ts";
import { printInstant, type Instant } from "./facts/instant.ts";
import type { Change, Evaluation } from "./evaluate.ts";
import type { Digest } from "./facts/billing.ts";
import { FOCUS_KINDS, type Focus } from "./rules/rule.ts";
import type { Standing, Suspected } from "./view.ts";
import type { PatternId } from "./rules/pattern.ts";
import type { Explanation, Severity, Verdict } from "./verdict.ts";

export type FindingState =
  | { readonly kind: "suspected" }
  | { readonly kind: "confirmed"; readonly at: string }
  /** A person or a policy has acted; `confirmedAt` null: on a suspicion. */
  | { readonly kind: "actioned"; readonly confirmedAt: string | null }
  /** `by` null: later evidence closed it; else a person did, then. */
  | {
      readonly kind: "closed";
      readonly as: Explanation;
      readonly by: { readonly at: string } | null;
    };

/** Plain JSON. Everything but `state` of a decided finding is a function of facts, so any order of arrival ends in the same. */
export interface Finding {
  readonly key: string;
  readonly pattern: PatternId;
  readonly focus: string;
  readonly severity: Severity;
  readonly state: FindingState;
  readonly text: string;
  readonly sides: readonly string[];
  readonly members: readonly string[];
  readonly suspectedAt: string;
  readonly evidence: EvidencePack;
}

/** Time alone may change what was said of a key. */
export interface Waiting {
  readonly key: string;
  readonly focus: string;
  readonly dueAt: Instant;
  /** Nobody was told: a quiet window holds it. */
  readonly held: boolean;
}

export interface Ledger {
  /** By key: the open one of each. */
  readonly open: ReadonlyMap<string, Finding>;
  readonly closed: readonly Finding[];
  readonly waiting: ReadonlyMap<string, Waiting>;
  /** Keys that were told in the report of the first day, and are no finding of their own yet. */
  readonly reported: ReadonlySet<string>;
}

export const NO_FINDINGS: Ledger = {
  open: new Map(),
  closed: [],
  waiting: new Map(),
  reported: new Set(),
};

/** What somebody should hear of, once. */
export type Notice =
  | { readonly kind: "suspected" | "confirmed" | "closed"; readonly finding: Finding }
  | { readonly kind: "first_day"; readonly report: FirstDayReport };

export interface FirstDayReport {
  readonly patterns: readonly {
    readonly pattern: PatternId;
    readonly count: number;
    readonly confirmed: number;
    readonly keys: readonly string[];
  }[];
}

export interface Reduced {
  readonly ledger: Ledger;
  readonly notices: readonly Notice[];
}

export function reduceFindings(ledger: Ledger, evaluation: Evaluation): Reduced {
  const open = new Map(ledger.open);
  const waiting = new Map(ledger.waiting);
  const reported = new Set(ledger.reported);
  const closed = [...ledger.closed];
  const notices: Notice[] = [];
  const close = (finding: Finding, as: Explanation): void => {
    const ended: Finding = { ...finding, state: { kind: "closed", as, by: null } };
    open.delete(finding.key);
    closed.push(ended);
    notices.push({ kind: "closed", finding: ended });
  };

  const judged = new Map(evaluation.verdicts.map((verdict) => [verdict.key, verdict]));
  for (const verdict of judged.values()) {
    const { key, focus, state } = verdict;
    const known = open.get(key);
    if (verdict.askAgainAt === null) waiting.delete(key);
    else waiting.set(key, { key, focus, dueAt: verdict.askAgainAt, held: state.kind === "held" });
    if (state.kind === "held") {
      // An order that came late explains what was raised meanwhile; what goes on after its window is raised anew.
      if (known !== undefined && known.state.kind !== "actioned") close(known, state.as);
      continue;
    }
    if (state.kind === "explained") {
      if (known !== undefined && known.state.kind !== "actioned") close(known, state.as);
      continue;
    }
    if (reported.has(key)) {
      // The first day's report told of it; only proof makes it a finding of its own.
      if (state.kind !== "confirmed") continue;
      reported.delete(key);
    }
    const next =
      known === undefined ? opened(verdict) : added(known, verdict, evaluation.windowFromAt);
    open.set(key, next);
    if (known === undefined || rank(next.state) > rank(known.state)) {
      notices.push({ kind: state.kind, finding: next });
    }
  }
  for (const finding of [...open.values()]) {
    const asked = evaluation.covered.has(`${finding.pattern} ${finding.focus}`);
    const inView = Date.parse(finding.evidence.firstAt) >= evaluation.windowFromAt;
    if (!asked || !inView || judged.has(finding.key) || finding.state.kind === "actioned") continue;
    close(finding, finding.state.kind === "confirmed" ? "our_error" : "ended");
  }
  for (const one of [...waiting.values()]) {
    const [pattern] = one.key.split(" ");
    const asked = evaluation.covered.has(`${pattern ?? ""} ${one.focus}`);
    if (asked && !judged.has(one.key)) waiting.delete(one.key);
  }
  return { ledger: { open, closed, waiting, reported }, notices };
}

/**
 * The first look at a network that was never looked at finds what grew there for years: one report, with counts, and no thousand
 * findings. What it told of becomes a finding when it is proven anew, by a later evaluation.
 */
export function reportFirstDay(ledger: Ledger, verdicts: readonly Verdict[]): Reduced {
  const told = [...new Map(verdicts.map((verdict) => [verdict.key, verdict])).values()].filter(
    ({ state, key }) =>
      (state.kind === "suspected" || state.kind === "confirmed") && !ledger.open.has(key),
  );
  const patterns = [...new Set(told.map(({ pattern }) => pattern))].sort().map((pattern) => {
    const same = told.filter((verdict) => verdict.pattern === pattern);
    return {
      pattern,
      count: same.length,
      confirmed: same.filter(({ state }) => state.kind === "confirmed").length,
      keys: same.map(({ key }) => key).sort(),
    };
  });
  return {
    ledger: { ...ledger, reported: new Set([...ledger.reported, ...told.map(({ key }) => key)]) },
    notices: told.length === 0 ? [] : [{ kind: "first_day", report: { patterns } }],
  };
}

/** What must be asked again at `now`, because a quiet window or a grace time is over. */
export function dueAgain({ waiting }: Ledger, now: Instant): Change & { kind: "due" } {
  const due = [...waiting.values()].filter(({ dueAt }) => dueAt <= now);
  return {
    kind: "due",
    foci: due.flatMap(({ focus }): Focus[] => {
      const [kind] = focus.split(" ");
      const known = FOCUS_KINDS.find((one) => one === kind);
      return known === undefined ? [] : [{ kind: known, id: focus.slice(known.length + 1) }];
    }),
  };
}

/** What stands, for the next view. */
export function standingOf({ open, closed }: Ledger): Standing {
  const suspicions = new Map<Digest, Suspected[]>();
  for (const { pattern, evidence } of open.values()) {
    const { credential, firstAt } = evidence;
    if (credential === null) continue;
    const beganAt = Date.parse(firstAt);
    suspicions.set(credential, [...(suspicions.get(credential) ?? []), { pattern, beganAt }]);
  }
  const decidedAt = new Map<string, Instant>();
  for (const { key, state } of closed) {
    if (state.kind !== "closed" || state.by === null) continue;
    decidedAt.set(key, Math.max(decidedAt.get(key) ?? 0, Date.parse(state.by.at)));
  }
  return { suspicions, decidedAt };
}

/** A person's decision. Closing is final; the next misuse of the pair opens a new finding. */
export function decide(
  ledger: Ledger,
  key: string,
  as: "actioned" | Explanation,
  at: Instant,
): Ledger {
  const finding = ledger.open.get(key);
  if (finding === undefined) return ledger;
  const open = new Map(ledger.open);
  if (as === "actioned") {
    const confirmedAt = finding.state.kind === "confirmed" ? finding.state.at : null;
    open.set(key, { ...finding, state: { kind: "actioned", confirmedAt } });
    return { ...ledger, open };
  }
  open.delete(key);
  const ended: Finding = {
    ...finding,
    state: { kind: "closed", as, by: { at: printInstant(at) } },
  };
  return { ...ledger, open, closed: [...ledger.closed, ended] };
}

const RANKS = { suspected: 0, confirmed: 1, actioned: 2, closed: 3 } as const;
const rank = ({ kind }: FindingState): number => RANKS[kind];

function stateOf({ state }: Verdict): FindingState {
  return state.kind === "confirmed"
    ? { kind: "confirmed", at: printInstant(state.at) }
    : { kind: "suspected" };
}

function opened(verdict: Verdict): Finding {
  const { key, pattern, focus, severity, text, sides, members, suspectedAt } = verdict;
  return {
    key,
    pattern,
    focus,
    severity,
    state: stateOf(verdict),
    text,
    sides,
    members,
    suspectedAt: printInstant(suspectedAt),
    evidence: evidencePack(verdict),
  };
}

/**
 * While the facts in view reach back to its beginning, a new verdict says all that the old one did, and takes its place: so the result
 * does not depend on the order of arrival. Later, what has left the view is kept beside what is new.
 */
function added(known: Finding, verdict: Verdict, windowFromAt: Instant): Finding {
  const fresh = opened(verdict);
  const state = known.state.kind === "actioned" ? known.state : fresh.state;
  if (Date.parse(known.evidence.firstAt) >= windowFromAt) {
    return { ...fresh, state };
  }
  const merged = sortExhibits([...known.evidence.exhibits, ...fresh.evidence.exhibits]);
  const kept = merged.length <= 40 ? merged : [...merged.slice(0, 20), ...merged.slice(-20)];
  return {
    ...fresh,
    focus: known.focus,
    state: rank(known.state) > rank(state) ? known.state : state,
    suspectedAt: known.suspectedAt,
    members: [...new Set([...known.members, ...fresh.members])].sort(),
    evidence: { ...fresh.evidence, firstAt: known.evidence.firstAt, exhibits: kept },
  };
}
