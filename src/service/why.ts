/** Why a device is as it is: what holds it, in the order in which each would have to end, and when it is its turn. */
import { attributesOf, explain, parseSelector } from "../fleet/selector.ts";
import { parseDurationMs } from "../lib/time.ts";
import { NO_FACTS } from "../model/device.ts";
import type { FleetStore, WhyView } from "../ports/fleet-store.ts";
import { estimate, type Estimate } from "../reconcile/estimate.ts";
import { demand, type Caller } from "./access.ts";
import { findDevice } from "./devices.ts";

/** As the engine takes them where the record says nothing (`store/engine/settings.ts`). */
const DEFAULTS = { dutyCycle: 50, probeShare: 5, evidenceBudget: "1d" } as const;
const DAY_MS = 86_400_000;

/** One thing that keeps a device from being served or written. */
export interface Keeps {
  readonly what:
    "hold" | "stop" | "quarantine" | "model" | "proof" | "profiles" | "mode" | "scope" | "acs";
  readonly detail: string;
  /** What ends it. */
  readonly next: string;
  /** Keeps it from being read as well. */
  readonly wholly: boolean;
}

export interface Why {
  readonly view: WhyView;
  readonly keeps: readonly Keeps[];
  readonly next: Estimate;
  /** How long what was read may be believed, from its read. ms */
  readonly evidenceBudgetMs: number;
}

export function whyOf(deps: { readonly store: FleetStore }) {
  return async (idOrAlias: string, caller: Caller): Promise<Why> => {
    demand(caller, "devices:read");
    const { key } = await findDevice(deps.store, idOrAlias);
    return explained(await deps.store.why(key));
  };
}

/** Pure: the same facts give the same answer. */
export function explained(view: WhyView): Why {
  const { device, acs, now, probed } = view;
  const { perMinute = null, callP50Ms = null, callP90Ms = null } = acs.stats;
  const keeps = keepsOf(view);
  const spec = acs.spec ?? {};
  const percent = (name: "dutyCycle" | "probeShare"): number =>
    Number(spec[name] ?? DEFAULTS[name]) / 100;
  const next = estimate({
    now,
    state: device.state,
    dueAt: device.work?.dueAt ?? null,
    ahead: device.work?.ahead ?? 0,
    ...{ perMinute, callP50Ms, callP90Ms },
    blocked: keeps.some(({ wholly }) => wholly),
    probed: { devices: probed, share: percent("dutyCycle") * percent("probeShare") },
  });
  const budget = spec["evidenceBudget"];
  const evidenceBudgetMs =
    parseDurationMs(typeof budget === "string" ? budget : DEFAULTS.evidenceBudget) ?? DAY_MS;
  return { view, keeps, next, evidenceBudgetMs };
}

function keepsOf({ device, stops, acs, now }: WhyView): Keeps[] {
  const { name, hold, state, reason, message } = device;
  const keeps: Keeps[] = [];
  const add = (what: Keeps["what"], detail: string, next: string, wholly = false): void => {
    keeps.push({ what, detail, next, wholly });
  };
  const held = hold as { by?: string; reason?: string; until?: string | null } | null;
  if (held !== null && (held.until == null || Date.parse(held.until) > now.getTime())) {
    const until = held.until == null ? "until it is released" : `until ${held.until}`;
    const who = `held by ${held.by ?? "a person"} ${until}: ${held.reason ?? "no reason given"}`;
    add("hold", who, `plumb release ${name} --reason …`, true);
  }
  for (const { reason: why, by } of stops)
    add("stop", `stopped by ${by}: ${why}`, "plumb resume", true);
  if (state === "quarantined") add("quarantine", message, `plumb release ${name} --reason …`);
  if (reason === "BlockedForModel") add("model", message, "plumb release --model MODEL --reason …");
  if (reason === "MapUnproven") add("proof", message, "plumb map prove DEVICE");
  if (reason === "ProfileConflict") add("profiles", message, "plumb get profiles");
  if (acs.spec !== null && acs.spec["mode"] !== "write")
    add("mode", "its ACS is in mode observe: nothing is written", "plumb apply -f acs.yaml");
  const outside = outsideOf(device, acs.spec);
  if (outside !== null) add("scope", outside, "plumb get acs", true);
  const status = `plumb acs status ${device.acs}`;
  if (acs.spec === null) add("acs", `there is no Acs record ${device.acs}`, "plumb get acs", true);
  else if (acs.holder === null) add("acs", `no controller serves ${device.acs} now`, status, true);
  else if (acs.stats.breakerOpen === true)
    add(
      "acs",
      `${device.acs} gives no usable answer; one call tries again each 30 s`,
      status,
      true,
    );
  return keeps;
}

/** Null inside. */
function outsideOf(
  device: WhyView["device"],
  spec: Readonly<Record<string, unknown>> | null,
): string | null {
  const scope = spec?.["scope"];
  const parsed = parseSelector(typeof scope === "string" ? scope : "all", { allow: "record" });
  if (parsed.kind !== "selector") return "the scope of its ACS cannot be read";
  const facts = { ...NO_FACTS, ...device.facts };
  const [first] = explain(parsed.selector, attributesOf({ ...device, facts }, null));
  return first === undefined
    ? null
    : `outside the scope of its ACS (${first.term}): ${first.because}`;
}
