/** What a call carries of its pass: class, change, secrets to be taken out, and where it tells what became of it. */
import { messageOf } from "../lib/errors.ts";
import { Secret } from "../lib/secret.ts";
import type { CallContext, Unknown } from "../ports/acs.ts";
import type { Deps } from "./deps.ts";
import type { Pass } from "./pass.ts";
import { notice } from "./trouble.ts";

export function callContext(pass: Pass, deps: Deps): CallContext {
  return {
    class: pass.class,
    changeId: pass.changeId,
    signal: pass.signal,
    took: (ms) => {
      pass.spentMs += ms;
    },
    passedOver: (fault, detail) => {
      const answer: Unknown = { kind: "unknown", fault, sent: true, detail };
      notice(answer, pass, deps, detail).catch((error: unknown) => {
        deps.telemetry.log("error", `${pass.work.id}: not noted: ${messageOf(error)}`);
      });
    },
    secrets: () =>
      pass.effective.fields.flatMap(({ value }) =>
        Object.values(value).filter((member) => member instanceof Secret),
      ),
  };
}
