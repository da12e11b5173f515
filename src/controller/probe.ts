/**
 * How many calls at once an ACS answers rightly, measured with reads that change nothing: one at a time, then two, and so
 * on, until the first wrong answer. Nothing is raised by what it finds; a person does that.
 *
 * A wrong answer is seen by the device's own serial number, which each read asks for: an ACS that mixes answers up hands
 * over another device's.
 */
import type { AcsDevice, CallContext, ReadResult } from "../ports/acs.ts";
import type { ProbeLevel, ProbeResult } from "../model/probe.ts";
import type { ProbeSpec } from "../ports/slot-store.ts";
import type { Deps } from "./deps.ts";
import { newPass } from "./pass.ts";

interface Target {
  readonly device: AcsDevice;
  readonly identityPath: string;
}

/** Fewer devices than calls at once would ask one device twice at the same time, and show nothing. */
const FEWEST = 2;

export async function probe(
  spec: ProbeSpec,
  deps: Deps,
  signal: AbortSignal,
  report: (levels: readonly ProbeLevel[]) => Promise<void>,
): Promise<ProbeResult> {
  const targets = await targetsOf(spec, deps, signal);
  const levels: ProbeLevel[] = [];
  const result = (recommended: number, why: string): ProbeResult => ({ levels, recommended, why });
  if (targets.length < FEWEST) {
    return result(0, "fewer than two devices in scope that were read before and can be reached");
  }
  const most = Math.min(spec.upTo, targets.length);
  for (let atOnce = 1; atOnce <= most && !signal.aborted; atOnce += 1) {
    const level = await measure(atOnce, spec.sample, targets, deps, signal);
    levels.push(level);
    await report(levels);
    const wrong = Object.entries(level.wrong).map(([fault, count]) => `${count} ${fault}`);
    if (wrong.length > 0) {
      const seen = `${wrong.join(", ")} in ${level.calls} calls`;
      return result(
        atOnce - 1,
        atOnce === 1
          ? `${seen}, one at a time: somebody else is calling this ACS, or it is broken`
          : `wrong answers at ${atOnce} at once (${seen}); none below`,
      );
    }
    if (level.unanswered * 5 >= level.calls) {
      return result(
        atOnce - 1,
        `${level.unanswered} of ${level.calls} unanswered at ${atOnce} at once`,
      );
    }
  }
  const fewer = most < spec.upTo ? `; more devices are needed to measure ${spec.upTo}` : "";
  const calls = levels.reduce((sum, level) => sum + level.calls, 0);
  return result(levels.length, `no wrong answer in ${calls} calls, up to ${most} at once${fewer}`);
}

async function targetsOf(spec: ProbeSpec, deps: Deps, signal: AbortSignal): Promise<Target[]> {
  const { store, settings } = deps;
  const targets: Target[] = [];
  for (const key of await store.probeDevices(settings().name, spec)) {
    const loaded = await store.load(key);
    if (loaded === null || loaded.stop !== null) continue;
    const work = { key, id: loaded.record.id, acs: loaded.record.acs, gen: 0, reason: "probe" };
    const { device } = newPass({ ...work, class: "read" }, loaded, 0, signal);
    const selection = deps.maps().select(loaded.record.facts);
    if (selection.kind !== "map" || !deps.inScope(device)) continue;
    targets.push({ device, identityPath: selection.mapper.identityPath });
  }
  return targets;
}

async function measure(
  atOnce: number,
  sample: number,
  targets: readonly Target[],
  deps: Deps,
  signal: AbortSignal,
): Promise<ProbeLevel> {
  const took: number[] = [];
  const wrong: Record<string, number> = {};
  let [calls, unanswered] = [0, 0];
  const context: CallContext = {
    class: "read",
    changeId: `probe-${atOnce}`,
    signal,
    width: atOnce,
  };
  const over = (): boolean => signal.aborted || Object.keys(wrong).length > 0;
  const worker = async (first: number): Promise<void> => {
    for (let i = first; i < Math.max(sample, atOnce) && !over(); i += atOnce) {
      const target = targets[i % targets.length];
      if (target === undefined) return;
      const begun = deps.clock.monotonicMs();
      const answer = await ask(target, deps, context);
      if (answer.kind === "not_sent") return;
      calls += 1;
      took.push(deps.clock.monotonicMs() - begun);
      if (answer.kind !== "unknown") continue;
      if (answer.fault === "timeout" || answer.fault === "connection") unanswered += 1;
      else {
        wrong[answer.fault] = (wrong[answer.fault] ?? 0) + 1;
        deps.fault(answer.fault, context.changeId, answer.detail);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, index) => worker(index)));
  took.sort((a, b) => a - b);
  const at = (share: number): number | null => {
    const found = took[Math.min(took.length - 1, Math.floor(took.length * share))];
    return found === undefined ? null : Math.round(found);
  };
  return { atOnce, calls, wrong, unanswered, p50Ms: at(0.5), p90Ms: at(0.9) };
}

async function ask(
  { device, identityPath }: Target,
  deps: Deps,
  context: CallContext,
): Promise<ReadResult> {
  return await deps.acs.read(device, [identityPath], identityPath, context);
}
