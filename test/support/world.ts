/**
 * A fleet, its ACS, the database and any number of controllers on one virtual clock: a week passes as fast as the work of
 * that week can be done. All of it is the real thing but time and the socket: the adapter builds its requests and reads
 * its answers, the simulator reads and writes them, and PostgreSQL stores what comes of it.
 */
import type { HttpOptions } from "../../src/acs/http.ts";
import { createSimulator, type SimulatorCore } from "../../src/acs/simulator/simulator.ts";
import type { SimulatorOptions } from "../../src/acs/simulator/options.ts";
import { treesFolder, wsdlFile } from "../../src/app/shipped.ts";
import type { Engine } from "../../src/app/wire.ts";
import type { Remembered } from "../../src/controller/lane.ts";
import type { Clock } from "../../src/lib/time.ts";
import type { EngineStore } from "../../src/ports/engine-store.ts";
import type { Exchange, ExchangeResult, Transport } from "../../src/ports/acs.ts";
import { startStackOn, type SimulatedCpe, type Stack, type StackOptions } from "./stack.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { virtualDatabase } from "./virtual-database.ts";
import type { VirtualNowDatabase } from "./virtual-now.ts";

/** A controller, to the rest of the world one in a process of its own. */
export interface Process {
  readonly engine: Engine;
  /** As `kill -9`: nothing of it goes on. A call that is in flight goes on at the ACS. */
  kill(): void;
}

export interface World {
  readonly clock: VirtualClock;
  readonly database: VirtualNowDatabase;
  readonly acs: SimulatorCore;
  readonly stack: Stack;
  /** While it is true the ACS gives no answer at all. */
  setAcsDown(down: boolean): void;
  /** Told of each call that is made while it is down. */
  onLostCall: () => void;
  start(own?: ProcessOptions): Process;
  /** Lets time go by until it holds; fails when it does not within `withinMs` of the world's time. @returns ms that it took */
  until(
    what: string,
    holds: () => Promise<boolean> | boolean,
    withinMs: number,
    stepMs?: number,
  ): Promise<number>;
  close(): Promise<void>;
}

export interface ProcessOptions {
  /** What its data folder says. */
  readonly remembered?: Remembered;
  /** By how much the wall clock of this process is off. */
  readonly clockOffMs?: () => number;
}

const FORGETFUL: Remembered = { servedAt: () => null, served: () => undefined };
const URL_OF_ACS = "http://acs.invalid";
/** Whatever is put is told to the controllers, and they know when the next device falls due: little has to be looked for. */
const PACE = { pollMs: 60_000, recordsMs: 60_000, requestsMs: 60_000 };
/** A promise of its own each time: one for all would keep everything that ever waited for it. */
const gone = (): Promise<never> => new Promise<never>(() => undefined);

export interface WorldOptions extends StackOptions {
  readonly simulator?: Partial<SimulatorOptions>;
  /** Longer than usual where days go by in which little happens. */
  readonly pollMs?: number;
  /** By how much the wall clock of the ACS and of its CPEs is off. Default 0. */
  readonly acsClockOffMs?: number;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const clock = new VirtualClock();
  const pace = { ...PACE, pollMs: options.pollMs ?? PACE.pollMs };
  const database = await virtualDatabase(clock);
  const core = await createSimulator({
    latencyMs: 3_000,
    latencySigma: 0.5,
    keepCalls: 1_000_000,
    ...options.simulator,
    treesDir: treesFolder(),
    wsdlFile: wsdlFile(),
    clock: wallClockOff(clock, () => options.acsClockOffMs ?? 0),
  });
  const devices = core.acs.entries.map(({ device }): SimulatedCpe => {
    const { id, serial, site, model } = device;
    return { id, serial, site, oui: model.oui, productClass: model.productClass };
  });
  const target = { url: URL_OF_ACS, acsUrl: `${URL_OF_ACS}/ftacsws/acsws.asmx`, devices };
  const stack = await startStackOn(database.db, target, {
    ...options,
    acs: { deadlines: { call: "60s", verify: "5m", prove: "1m" }, ...options.acs },
  });
  let down = false;
  const processes = new Set<Process>();
  const world: World = {
    clock,
    database,
    acs: core,
    stack,
    onLostCall: () => undefined,
    setAcsDown(isDown) {
      down = isDown;
    },
    start({ remembered = FORGETFUL, clockOffMs = () => 0 } = {}) {
      const life = { ended: false, closed: new AbortController() };
      const own = mortalClock(wallClockOff(clock, clockOffMs), life);
      const transport = memoryTransport(core, own, life, () => {
        if (down) world.onLostCall();
        return down;
      });
      const store = mortalStore(stack.engine, life);
      const engine = stack.startEngine({ clock: own, transport, pace, remembered }, store);
      const process: Process = {
        engine,
        kill() {
          life.ended = true;
          // Its sockets are closed by the system: the ACS waits for it no longer. The reason is a text, as an error would
          // hold on to all that was under way.
          life.closed.abort("killed");
          processes.delete(process);
          stack.forget(engine);
          // What it would still do waits for ever in its clock or its store; its timers and listeners go.
          void engine.stop();
        },
      };
      processes.add(process);
      return process;
    },
    async until(what, holds, withinMs, stepMs = 1_000) {
      const began = clock.monotonicMs();
      while (!(await holds())) {
        if (clock.monotonicMs() - began >= withinMs) {
          const states = JSON.stringify(await stack.states());
          throw new Error(`not within ${withinMs} simulated ms: ${what}; ${states}`);
        }
        await clock.advance(stepMs);
      }
      return clock.monotonicMs() - began;
    },
    async close() {
      for (const { engine } of processes) {
        const stopped = engine.stop();
        await clock.advance(120_000);
        await stopped;
      }
      core.stop();
      await stack.close();
      await database.close();
    },
  };
  return world;
}

/** Its timers go right, as those of a machine whose clock was set wrongly do. */
function wallClockOff(clock: Clock, offMs: () => number): Clock {
  return {
    now: () => new Date(clock.now().getTime() + offMs()),
    monotonicMs: () => clock.monotonicMs(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}

interface Life {
  ended: boolean;
  readonly closed: AbortController;
}

function mortalClock(clock: Clock, life: Life): Clock {
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    async sleep(ms, signal) {
      await clock.sleep(ms, signal);
      if (life.ended) await gone();
    },
  };
}

/** What was sent to the database before the end is done there, and nobody learns of it. */
function mortalStore(store: EngineStore, life: Life): EngineStore {
  return new Proxy(store, {
    get(target, name, receiver) {
      const verb: unknown = Reflect.get(target, name, receiver);
      if (typeof verb !== "function") return verb;
      return async (...args: unknown[]) => {
        if (life.ended) await gone();
        try {
          return await (verb.apply(target, args) as Promise<unknown>);
        } finally {
          if (life.ended) await gone();
        }
      };
    },
  });
}

/** What `httpTransport` does, without the socket. */
function memoryTransport(core: SimulatorCore, clock: Clock, life: Life, isDown: () => boolean) {
  return ({ deadlineMs, now, admit }: HttpOptions): Transport =>
    async (exchange) => {
      const held = admit?.(exchange);
      if (held !== undefined) return held;
      const sentAt = now();
      const over = new AbortController();
      const noLonger = AbortSignal.any([over.signal, life.closed.signal]);
      const late = clock.sleep(deadlineMs, over.signal).then((): ExchangeResult => {
        const detail = `no answer within ${deadlineMs} ms`;
        return { kind: "no_answer", fault: "timeout", sent: true, detail };
      });
      const answer = isDown() ? gone() : ask(core, exchange, clock, noLonger, sentAt);
      const result = await Promise.race([answer, late]);
      over.abort();
      return life.ended ? await gone() : result;
    };
}

async function ask(
  core: SimulatorCore,
  exchange: Exchange,
  clock: Clock,
  gone: AbortSignal,
  sentAt: Date,
): Promise<ExchangeResult> {
  const { pathname, searchParams } = new URL(exchange.url);
  const headers = Object.entries(exchange.headers).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);
  const reply = await core.exchange({
    method: exchange.method,
    path: pathname,
    query: searchParams,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: exchange.body,
    gone,
    arrivedMs: clock.monotonicMs(),
  });
  const answer = reply ?? { status: 404, contentType: "text/plain", body: "" };
  if (answer.cut === true) {
    return { kind: "no_answer", fault: "connection", sent: true, detail: "the connection was cut" };
  }
  const { status, phrase = "", contentType, body, headers: said } = answer;
  const date = said?.["date"] === undefined ? {} : { date: new Date(said["date"]) };
  return { kind: "answer", status, phrase, contentType, body, sentAt, ...date };
}
