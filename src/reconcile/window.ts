/** May a change that disturbs run now? A window binds every writer; what one customer waits for passes (I14). */
import type { CallClass } from "../model/call-class.ts";
import type { EffectClass } from "../model/plan.ts";
import type { Window } from "../model/records.ts";

export type WindowAnswer =
  | { readonly kind: "open" }
  /** `opensAt` null: no later window is known. */
  | { readonly kind: "closed"; readonly opensAt: Date | null };

/** Does the customer notice, or the way to the ACS? */
export function disturbs({ interrupts, reboot }: EffectClass): boolean {
  return interrupts.length > 0 || reboot !== "none";
}

/** @param windows those in force for the device; none at all: nobody asked for any, so it is always open */
export function mayDisturb(windows: readonly Window[], cls: CallClass, now: Date): WindowAnswer {
  const at = now.getTime();
  const isOpen = windows.some(
    ({ opensAt, closesAt }) => opensAt.getTime() <= at && at < closesAt.getTime(),
  );
  if (windows.length === 0 || cls === "urgent" || isOpen) return { kind: "open" };
  const later = windows.map(({ opensAt }) => opensAt.getTime()).filter((opens) => opens > at);
  return { kind: "closed", opensAt: later.length === 0 ? null : new Date(Math.min(...later)) };
}
