/** What is different at this ACS from what its adapter expects: said once, and shown by `acs status`. It holds nothing up. */
import type { Deps } from "./deps.ts";

/** A sentence for each difference; null when it cannot describe itself, or did not. */
export async function checkAcs(
  { acs, telemetry, settings }: Deps,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const context = { class: "read", changeId: "check", signal } as const;
  const checked = await acs.check?.(context);
  if (checked?.kind === "unknown")
    telemetry.log("warn", `${settings().name} was not checked: ${checked.detail}`);
  if (checked?.kind !== "checked") return null;
  for (const difference of checked.differences)
    telemetry.log("warn", `${settings().name} differs: ${difference}`);
  return checked.differences;
}
