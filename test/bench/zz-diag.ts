import { monitorEventLoopDelay } from "node:perf_hooks";
import { createAcs, guardSocket } from "../../src/acs/index.ts";
import { httpTransport } from "../../src/acs/http.ts";
import { systemClock } from "../../src/app/clock.ts";
import { shippedMaps, wsdlFile } from "../../src/app/shipped.ts";
import { Controller } from "../../src/controller/loop.ts";
import { startStackOn } from "../support/stack.ts";
import { benchDatabase, benchSimulator } from "./bench-stack.ts";
import { percentile } from "./figure.ts";
const latency = Number(process.argv[2] ?? 50), N = Number(process.argv[3] ?? 100);
const database = await benchDatabase();
const simulator = await benchSimulator(["--count", String(N), "--latency", String(latency), "--offline", "0"]);
const stack = await startStackOn(database.db, simulator, { acs: { deadlines: { call: "5s", verify: "10s", prove: "1s" } } });
await stack.seed();
// store timings
const storeMs: Record<string, number[]> = {};
const store: any = {};
for (const [k, f] of Object.entries(stack.engine as any)) store[k] = async (...a: any[]) => { const s = performance.now(); try { return await (f as any)(...a); } finally { (storeMs[k] ??= []).push(performance.now() - s); } };
const calls: { op: string; start: number; end: number; waitMs: number; size: number }[] = [];
let queued: { at: number }[] = [];
const loop = monitorEventLoopDelay({ resolution: 1 });
const ended = new AbortController();
const controller = new Controller({
  store, telemetry: stack.telemetry, clock: systemClock, maps: shippedMaps(), holder: "diag", halted: () => null,
  transport: (settings, admit) => {
    const inner = guardSocket("friendly", httpTransport({ deadlineMs: 5000, now: () => systemClock.now(), admit }), () => "write");
    return async (x) => { const start = performance.now(); const r = await inner(x); const at = (x as any).__at ?? 0; calls.push({ op: x.operation, start, end: performance.now(), waitMs: start - (at as number), size: r.kind === "answer" ? r.body.length : 0 }); return r; };
  },
  createAcs: (settings, transport, scope) => createAcs("friendly", { url: settings().address, wsdl: wsdlFile(), auth: settings().auth, appId: "b", transport: (x) => { (x as any).__at = performance.now(); return transport({ ...x, __at: performance.now() } as any); } }, { mode: () => "write", inScope: scope }),
});
loop.enable();
const cpu0 = process.cpuUsage();
const t0 = performance.now();
const running = controller.run(ended.signal);
await stack.until("all", async () => (await stack.states())["converged"] === N, 180000);
const wall = performance.now() - t0;
const cpu = process.cpuUsage(cpu0);
loop.disable();
ended.abort(); await running;
const { calls: log } = await simulator.get<any>(`/sim/calls?after=0&limit=100000`);
log.sort((a: any, b: any) => a.startMs - b.startMs);
console.log("calls", calls.length, log.length, "wall", wall | 0, "cpu share", ((cpu.user + cpu.system) / 1000 / wall).toFixed(2));
const st = (v: number[]) => `n ${v.length} mean ${(v.reduce((a, b) => a + b, 0) / v.length).toFixed(2)} p50 ${percentile(v, .5).toFixed(2)} p90 ${percentile(v, .9).toFixed(2)} p99 ${percentile(v, .99).toFixed(2)} max ${Math.max(...v).toFixed(1)}`;
const cut = calls.slice(20, -Math.ceil(calls.length * .1)), sim = log.slice(20, -Math.ceil(calls.length * .1));
const own: number[] = [], simGap: number[] = [], over: number[] = [], ready: number[] = [], notReady: number[] = []; let busy = 0;
const byNext: Record<string, number[]> = {}, overBy: Record<string, number[]> = {};
cut.forEach((c, i) => { const s = sim[i]; busy += s.endMs - s.startMs; if (s.operation !== c.op) console.log("MISMATCH", i); over.push(c.end - c.start - (s.endMs - s.startMs)); (overBy[c.op] ??= []).push(over.at(-1)!); const n = cut[i + 1]; if (!n) return; const g = n.start - c.end; own.push(g); (n.waitMs > g ? ready : notReady).push(g); const sg = sim[i + 1].startMs - s.endMs; simGap.push(sg); (byNext[c.op + ">" + n.op] ??= []).push(sg); });
console.log("sim gap   ", st(simGap), "share", (100 * simGap.reduce((a, b) => a + b, 0) / busy).toFixed(2));
console.log("own gap   ", st(own), "share", (100 * own.reduce((a, b) => a + b, 0) / busy).toFixed(2));
console.log(" ready    ", ready.length ? st(ready) : "");
console.log(" notready ", notReady.length ? st(notReady) : "");
console.log("call overhead (client-sim)", st(over), "share", (100 * over.reduce((a, b) => a + b, 0) / busy).toFixed(2));
for (const [k, v] of Object.entries(overBy)) console.log("  over", k, st(v));
for (const [k, v] of Object.entries(byNext)) console.log("  gap", k, st(v));
console.log("sizes", st(calls.filter((c) => c.op === "FTGetDeviceParameters").map((c) => c.size)));
console.log("loop delay ms mean", (loop.mean / 1e6).toFixed(2), "p99", (loop.percentile(99) / 1e6).toFixed(2), "max", (loop.max / 1e6).toFixed(1));
for (const [k, v] of Object.entries(storeMs)) console.log("  store", k.padEnd(14), st(v));
const ops: Record<string, number> = {}; for (const c of calls) ops[c.op] = (ops[c.op] ?? 0) + 1; console.log(ops);
await stack.close(); await simulator.stop(); await database.close(); process.exit(0);
