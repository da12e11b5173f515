/** The scope of an `Acs` record: outside it no call is made. Anything but a clear yes is a no. */
import { attributesOf, matches, parseSelector } from "../fleet/selector.ts";
import type { AcsSettings } from "../model/acs-settings.ts";
import type { AcsDevice } from "../ports/acs.ts";

export function inScope(settings: AcsSettings, device: AcsDevice): boolean {
  const scope = parseSelector(settings.scope, { allow: "record" });
  if (scope.kind !== "selector") return false;
  const facts = { modelName: device.modelName, softwareVersion: null };
  return matches(scope.selector, attributesOf({ ...device, facts }, null));
}
