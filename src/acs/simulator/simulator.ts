/**
 * The simulator without its socket: fleet, ACS, trouble, memory, and one function that answers an HTTP question. Scenarios
 * on a virtual clock put their transport straight onto `exchange`; `server.ts` puts a socket before it.
 */
import { readFile } from "node:fs/promises";
import { loadModels } from "./catalogue.ts";
import { CallLog, type CallStats } from "./calls.ts";
import { isQuestion, type Face, type HttpQuestion, type HttpReply, type Question } from "./face.ts";
import { buildFleet } from "./fleet.ts";
import { friendlyFace } from "./friendly.ts";
import { NEWER } from "./friendly-answers.ts";
import { friendlyRestFace } from "./friendly-rest.ts";
import { genieacsFace } from "./genieacs/face.ts";
import { Nbi } from "./genieacs/nbi.ts";
import { withDefaults, type Settings, type SimulatorOptions, type Trouble } from "./options.ts";
import { chooseShare, logNormal, randomFrom } from "./random.ts";
import { SimulatedAcs, type Entry } from "./sim-acs.ts";
import { openStateLog, readStateLog, restore, save, type StateLog } from "./state-log.ts";
import { answerInjected, Injections, Mixer, type InjectionInput } from "./trouble.ts";

/** Which CPEs: all conditions hold; then of those the share, the same ones for the same seed and salt. */
export interface PowerSelector {
  readonly ids?: readonly string[] | undefined;
  readonly site?: string | undefined;
  readonly model?: string | undefined;
  /** 0 to 1 of the CPEs that fit. */
  readonly share?: number | undefined;
  /** Another salt picks others. */
  readonly salt?: string | undefined;
}

export interface PowerChange {
  readonly selected: number;
  readonly changed: number;
  readonly online: number;
  readonly offline: number;
}

export interface SimulatorStats extends CallStats {
  readonly devices: number;
  readonly offline: number;
  /** Write calls that were taken, all devices. */
  readonly writes: number;
  /** Writes that were taken and that a CPE has not done yet. */
  readonly pending: number;
  readonly injectionsWaiting: number;
}

/** First transaction id; the real ones were seen to have nine digits. */
const FIRST_ID = 100_000_001;

export class SimulatorCore {
  readonly acs: SimulatedAcs;
  /** What a GenieACS would know of the same CPEs. */
  readonly nbi: Nbi;
  readonly calls: CallLog;
  readonly injections: Injections;
  readonly trouble: Trouble;
  readonly settings: Settings;
  readonly #faces: readonly Face[];
  readonly #mixer: Mixer;
  readonly #log: StateLog | null;
  readonly #latency: () => number;
  #stopped = new AbortController();

  constructor(settings: Settings, acs: SimulatedAcs, log: StateLog | null, wsdl: string) {
    this.settings = settings;
    this.acs = acs;
    this.#log = log;
    this.trouble = { ...settings.trouble };
    const { clock, fleet } = settings;
    this.calls = new CallLog(settings.keepCalls, settings.callLogFile, () => clock.monotonicMs());
    this.#latency = randomFrom(`${fleet.seed}/latency`);
    this.injections = new Injections(randomFrom(`${fleet.seed}/inject`));
    this.#mixer = new Mixer(randomFrom(`${fleet.seed}/mix`), () => this.trouble.mixUps);
    const ignoring = randomFrom(`${fleet.seed}/ignore`);
    acs.ignoresNext = () =>
      this.trouble.ignoredWrites > 0 && ignoring() < this.trouble.ignoredWrites;
    const holding = randomFrom(`${fleet.seed}/late`);
    acs.holdsNext = () => {
      const { lateWrites, lateByMs } = this.trouble;
      return lateWrites > 0 && holding() < lateWrites ? lateByMs : 0;
    };
    const met = new Map<Entry, number>();
    acs.mishapOf = (entry) => {
      const found = this.trouble.mishaps.find(({ model }) => model === entry.device.model.name);
      if (found === undefined) return undefined;
      const times = met.get(entry) ?? 0;
      met.set(entry, times + 1);
      return found.writes[times];
    };
    const { trouble } = this;
    const tools = { acs, trouble, takeTime: (away: boolean) => this.#takeTime(away) };
    const { respawnMs, refreshEveryMs } = settings;
    const { informIntervalMs } = settings.acs;
    this.nbi = new Nbi({
      acs,
      clock,
      trouble,
      seed: fleet.seed,
      respawnMs,
      refreshEveryMs,
      informIntervalMs,
    });
    this.#faces = [
      friendlyFace(NEWER, wsdl, settings.auth, tools),
      friendlyRestFace(settings.auth, tools),
      genieacsFace({ ...tools, nbi: this.nbi, trouble }),
    ];
    if (log !== null)
      acs.onEvent = (serial, event, atMs) => {
        log.append(serial, event, atMs);
      };
  }

  /**
   * Answers what a face serves; undefined for any other path. Never rejects.
   *
   * @param send writes the answer to a call, which is over then and not before
   */
  async exchange(
    question: HttpQuestion,
    send: (reply: HttpReply) => void = () => undefined,
  ): Promise<HttpReply | undefined> {
    const face = this.#faces.find((each) => each.serves(question));
    if (face === undefined) return undefined;
    const opened = face.open(question);
    if (!isQuestion(opened)) return opened;
    const call = this.calls.begin(
      opened.operation,
      opened.serial,
      opened.creator,
      question.arrivedMs,
    );
    const injection = this.injections.take(opened);
    const reply = await (injection === undefined
      ? this.#mixer.pass(() => this.#guarded(opened, () => opened.answer()))
      : this.#guarded(opened, () =>
          answerInjected(opened, injection, (ms, untilGone) =>
            this.settings.clock.sleep(
              ms,
              untilGone
                ? AbortSignal.any([question.gone, this.#stopped.signal])
                : this.#stopped.signal,
            ),
          ),
        ));
    send(reply);
    this.calls.end(call, reply.outcome ?? "ok");
    return reply;
  }

  inject(injection: InjectionInput): void {
    this.injections.add(injection);
  }

  setTrouble(change: Partial<Trouble>): void {
    Object.assign(this.trouble, change);
  }

  setPower(on: boolean, selector: PowerSelector = {}): PowerChange {
    const ids = selector.ids === undefined ? undefined : new Set(selector.ids);
    const fits = ({ device }: Entry): boolean =>
      (ids === undefined || ids.has(device.id) || ids.has(device.serial)) &&
      (selector.site ?? device.site) === device.site &&
      (selector.model ?? device.model.name) === device.model.name;
    const serials = this.acs.entries.filter(fits).map(({ device }) => device.serial);
    const salt = `${this.settings.fleet.seed}/power/${selector.salt ?? ""}/`;
    const chosen = new Set(chooseShare(serials, selector.share ?? 1, salt));
    let changed = 0;
    for (const entry of this.acs.entries) {
      if (chosen.has(entry.device.serial) && this.acs.setPower(entry, on)) changed += 1;
    }
    const offline = this.#offline();
    const online = this.acs.entries.length - offline;
    return { selected: chosen.size, changed, online, offline };
  }

  stats(): SimulatorStats {
    const { entries } = this.acs;
    return {
      ...this.calls.stats(),
      devices: entries.length,
      offline: this.#offline(),
      writes: entries.reduce((sum, entry) => sum + entry.writes, 0),
      pending: entries.reduce((sum, entry) => sum + this.acs.look(entry).pending.length, 0),
      injectionsWaiting: this.injections.size,
    };
  }

  /** Ends hanging calls and closes the files. Twice is harmless. */
  stop(): void {
    this.#stopped.abort();
    this.#log?.close();
    this.acs.onEvent = () => undefined;
    this.calls.close();
  }

  #offline(): number {
    return this.acs.entries.filter((entry) => !this.acs.online(entry)).length;
  }

  #takeTime(away: boolean): Promise<void> {
    const { latencyMs, latencySigma, offlineLatencyMs } = this.trouble;
    const median = away ? (offlineLatencyMs ?? latencyMs) : latencyMs;
    const ms = latencySigma > 0 ? logNormal(median, latencySigma, this.#latency) : median;
    return this.settings.clock.sleep(ms, this.#stopped.signal);
  }

  /** A mistake of ours is a fault of the ACS to its callers, and is told in full. */
  async #guarded(question: Question, work: () => Promise<HttpReply>): Promise<HttpReply> {
    try {
      return await work();
    } catch (error) {
      const reply = await question.impostor({ kind: "soap-fault" });
      return { ...reply, outcome: `internal: ${String(error)}` };
    }
  }
}

/** Builds the fleet, or the one that `stateFile` remembers. @throws AppError `bad_config`, `usage` */
export async function createSimulator(options: SimulatorOptions): Promise<SimulatorCore> {
  const settings = withDefaults(options);
  const { fleet, clock, stateFile } = settings;
  const models = await loadModels(settings.treesDir);
  const wsdl = await readFile(settings.wsdlFile, "utf8");
  const name = JSON.stringify(fleet);
  const replay = stateFile === null ? null : readStateLog(stateFile, name);
  const epochMs = replay?.header?.epochMs ?? clock.now().getTime();
  const nextId = replay?.header?.nextId ?? FIRST_ID;
  const acs = new SimulatedAcs(buildFleet(fleet, models, epochMs), settings.acs, clock, nextId);
  for (const line of replay?.lines ?? []) {
    const entry = acs.find(line.s);
    if (entry === undefined) continue;
    if ("saved" in line) {
      entry.state = restore(entry.device.initial, line.saved);
      entry.writes = line.saved.writes;
      acs.remember(entry.state);
    } else {
      acs.replay(entry, line.e, line.at);
    }
  }
  if (stateFile === null) return new SimulatorCore(settings, acs, null, wsdl);
  for (const entry of acs.entries) acs.look(entry);
  const changed = acs.entries.filter((entry) => entry.state !== entry.device.initial);
  for (const entry of changed) entry.state = { ...entry.state, known: entry.state.cpe };
  const header = { version: 1 as const, fleet: name, epochMs, nextId: acs.nextId };
  const log = openStateLog(
    stateFile,
    header,
    changed.map((entry) => [entry.device.serial, save(entry.state, entry.writes)] as const),
  );
  return new SimulatorCore(settings, acs, log, wsdl);
}
