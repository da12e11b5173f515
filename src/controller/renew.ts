/**
 * Evidence from an ACS that remembers what it read of its CPEs: before a read falls due it is looked whether the ACS has
 * read the same of late, for many devices in one call. Whatever shows that nothing has changed puts the read off; all else
 * leaves it as it is. No CPE is asked, and nothing is ever written on the strength of it.
 */
import { messageOf } from "../lib/errors.ts";
import { spread } from "../lib/hash.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { isNewEpoch } from "../model/epoch.ts";
import type { Snapshot } from "../model/parameter.ts";
import type { StoredObservation, WorkItem } from "../model/records.ts";
import type { Recall, Recalled } from "../ports/acs-memory.ts";
import { logicalsOf } from "../reconcile/carriers.ts";
import { nextReadInMs } from "../reconcile/reading.ts";
import { renewal, secretPathsOf } from "../reconcile/renewal.ts";
import type { Deps } from "./deps.ts";
import { NOTHING_TOLD } from "../ports/observation.ts";
import { observationOf } from "./observation.ts";
import { databaseNow, newPass, type Pass } from "./pass.ts";
import type { ReadBudget } from "./read-budget.ts";
import { holdOf } from "./stages.ts";

const EVERY_MS = 5 * 60_000;
/** Reads that fall due within this time are looked for, each once in it. */
const SOON_MS = 60 * 60_000;
const LOOKED_AT = 200;

interface Candidate extends Recall {
  readonly pass: Pass;
  readonly mapper: Mapper;
  readonly stored: StoredObservation;
}

export async function renewEvidence(
  deps: Deps,
  reads: ReadBudget,
  signal: AbortSignal,
): Promise<void> {
  const { clock, telemetry, lease } = deps;
  if (deps.acs.recall === undefined) return;
  const renewing = new Renewing(deps, reads, signal);
  while (!signal.aborted) {
    try {
      await renewing.round();
    } catch (error) {
      telemetry.log("warn", `evidence of ${lease().acs} not renewed: ${messageOf(error)}`);
    }
    await clock.sleep(EVERY_MS, signal);
  }
}

class Renewing {
  readonly #deps: Deps;
  readonly #reads: ReadBudget;
  readonly #signal: AbortSignal;
  /** When each was last looked for, by our clock that only grows. */
  readonly #looked = new Map<number, number>();
  #told = "";

  constructor(deps: Deps, reads: ReadBudget, signal: AbortSignal) {
    this.#deps = deps;
    this.#reads = reads;
    this.#signal = signal;
  }

  /** All that falls due soon, a page at a time, as far as the limits of reads go. */
  async round(): Promise<void> {
    const { clock, settings } = this.#deps;
    for (let page = await this.#candidates(); page.length > 0; page = await this.#candidates()) {
      for (let left = page; left.length > 0;) {
        if (this.#signal.aborted) return;
        if (this.#reads.waitMs(settings().reads, clock.monotonicMs()) > 0) return;
        const asked = await this.#recall(left);
        if (asked === 0) return;
        for (const { pass } of left.slice(0, asked))
          this.#looked.set(pass.work.key, clock.monotonicMs());
        left = left.slice(asked);
      }
    }
  }

  async #candidates(): Promise<Candidate[]> {
    const { clock, store, lease } = this.#deps;
    const sinceMs = clock.monotonicMs() - SOON_MS;
    for (const [key, atMs] of this.#looked) if (atMs < sinceMs) this.#looked.delete(key);
    const soon = await store.readsSoon(lease(), SOON_MS, LOOKED_AT, [...this.#looked.keys()]);
    const found: Candidate[] = [];
    for (const work of soon) {
      const candidate = await this.#candidate(work);
      if (candidate !== null) found.push(candidate);
      else this.#looked.set(work.key, clock.monotonicMs());
    }
    return found;
  }

  /** Null for one that is held, or that its last read does not speak for any more. */
  async #candidate(work: WorkItem): Promise<Candidate | null> {
    const { store, clock, maps } = this.#deps;
    const loaded = await store.load(work.key);
    if (loaded === null) return null;
    const pass = newPass(work, loaded, clock.monotonicMs(), this.#signal);
    if (holdOf(pass, this.#deps) !== null || pass.effective.fields.length === 0) return null;
    const selection = maps().select(loaded.record.facts);
    const { observation } = loaded;
    if (selection.kind !== "map" || observation?.mapHash !== selection.mapper.hash) return null;
    // Of a former life: the first read in the new one asks the CPE.
    if (isNewEpoch(observation.epoch, pass.epoch)) return null;
    const { mapper } = selection;
    const secret = new Set(secretPathsOf(mapper, observation.snapshot));
    const wanted = mapper.wanted(logicalsOf(pass.effective, mapper), observation.snapshot);
    const names = wanted.filter((name) => !secret.has(name));
    const { identityPath } = mapper;
    return { pass, mapper, stored: observation, device: pass.device, names, identityPath };
  }

  /** @returns for how many the ACS was asked; 0 when it did not answer */
  async #recall(wanted: readonly Candidate[]): Promise<number> {
    const { acs, clock, telemetry, fault, lease } = this.#deps;
    const context = { class: "read", changeId: "memory", signal: this.#signal } as const;
    const sentMs = clock.monotonicMs();
    this.#reads.take();
    const answer = await acs.recall?.(wanted, context);
    if (answer?.kind === "recalled") {
      const byId = new Map(wanted.map((each) => [each.device.id, each]));
      for (const recalled of answer.devices) {
        const candidate = byId.get(recalled.id);
        if (candidate !== undefined) await this.#renew(candidate, recalled, sentMs);
      }
      return answer.asked;
    }
    if (answer?.kind === "not_sent") this.#reads.giveBack();
    if (answer?.kind === "unknown") fault(answer.fault, context.changeId, answer.detail);
    if (answer?.kind === "refused" && answer.text !== this.#told) {
      this.#told = answer.text;
      telemetry.log("warn", `${lease().acs} has no memory that can be used: ${answer.text}`);
    }
    return 0;
  }

  async #renew(candidate: Candidate, recalled: Recalled, sentMs: number): Promise<void> {
    const { store, settings, lease, maps } = this.#deps;
    const { pass, mapper, stored, names } = candidate;
    const { evidenceBudgetMs, reads } = settings();
    const now = databaseNow(pass, sentMs);
    const readAt = new Date(now.getTime() - recalled.ageMs);
    const at = readAt.getTime();
    const goodForMs = nextReadInMs(at, evidenceBudgetMs, spread(pass.work.id), reads.hours);
    const renewed = renewal({
      ...{ effective: pass.effective, mapper, stored, names, readAt, now, goodForMs },
      facts: pass.loaded.record.facts,
      secretStates: pass.secretStates,
      remembered: withoutSecrets(recalled.snapshot, secretPathsOf(mapper, stored.snapshot)),
    });
    if (renewed.kind === "left") return;
    const fitting = maps().select(renewed.facts);
    if (fitting.kind !== "map" || fitting.mapper.hash !== mapper.hash) return;
    await store.renew(lease(), {
      work: pass.work,
      generation: pass.effective.generation,
      observation: observationOf(
        mapper,
        renewed.snapshot,
        renewed.facts,
        readAt,
        pass.changeId,
        pass.epoch,
        NOTHING_TOLD,
      ),
      evidenceBudgetMs,
      goodForMs,
      reason: "evidence grows old; the ACS had read it of late",
    });
  }
}

/** What an ACS remembers of a secret is what it wrote, in clear; it goes no further than this (I18). */
function withoutSecrets(snapshot: Snapshot, paths: readonly string[]): Snapshot {
  const values = new Map(snapshot.values);
  for (const path of paths) if (values.has(path)) values.set(path, { kind: "null" });
  return { ...snapshot, values };
}
