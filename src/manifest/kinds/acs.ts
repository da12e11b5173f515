/**
 * `Acs`: how we talk to one ACS. Its defaults are those of a guest: only observing, one call at a time, half of the
 * time at most, and nothing believed to work here until a person let one device prove it.
 */
import { z } from "zod";
import { isTimeZone, parseDailyHours } from "../../lib/daily-hours.ts";
import type { Problem } from "../../lib/errors.ts";
import { parseDurationMs } from "../../lib/time.ts";
import type { KindDef } from "./kind.ts";
import { duration, line, percent, recordSelector, secretRef } from "./parts.ts";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

const auth = z
  .strictObject({
    kind: z.enum(["none", "basic", "usernametoken", "both"]),
    username: line(255).optional(),
    password: secretRef.optional(),
  })
  .superRefine(({ kind, username, password }, context) => {
    for (const [name, value] of Object.entries({ username, password })) {
      if ((value === undefined) === (kind === "none")) continue;
      const message =
        kind === "none" ? "is not used with kind none" : `is needed with kind ${kind}`;
      context.addIssue({ code: "custom", path: [name], message });
    }
  });

const address = z
  .string()
  .max(2_000)
  .superRefine((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      context.addIssue({ code: "custom", message: "must be an http or https address" });
    } else if (url.username !== "" || url.password !== "") {
      const message = "must not hold a user name or password; put them under auth";
      context.addIssue({ code: "custom", message });
    }
  })
  .meta({ description: "Address of the service, without user name and password" });

const HOURS = "must be like 22:00-06:00, two different times of the day; leave it out for all day";

const reads = z
  .strictObject({
    perHour: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .meta({ description: "Reads an hour; left out: as many as there is time for" }),
    hours: z
      .string()
      .refine((text) => parseDailyHours(text, "UTC") !== undefined, HOURS)
      .optional()
      .meta({ description: "Hours of the day, as 22:00-06:00; left out: all day" }),
    timeZone: z
      .string()
      .refine(isTimeZone, "must be a time zone by its IANA name, like Africa/Johannesburg")
      .default("UTC")
      .meta({ description: "Whose clock the hours go by, as Africa/Johannesburg" }),
  })
  .meta({ description: "Limits reads that nobody waits for, and no others" });

const parkingCredential = z
  .strictObject({ username: line(255), realm: line(255).optional(), password: secretRef })
  .meta({
    description: "Given to a CPE whose service ended; should reach the ACS and nothing else",
  });

const written = z.strictObject({
  kind: z.enum(["friendly", "genieacs"]).meta({ description: "Which adapter talks to it" }),
  address,
  restAddress: address.optional().meta({
    description: "Of Friendly's REST twin, where a site has it: tells what became of a write",
  }),
  auth: auth.default({ kind: "none" }),
  mode: z
    .enum(["observe", "write"])
    .default("observe")
    .meta({ description: "observe: no call that changes anything can be made" }),
  scope: recordSelector
    .prefault("all")
    .meta({ description: "Devices outside this selector get no live call" }),
  concurrency: z.int().min(1).max(32).default(1).meta({ description: "Calls in flight" }),
  dutyCycle: percent
    .default(50)
    .meta({ description: "Percent of the time in which a call may be in flight" }),
  probeShare: percent
    .default(5)
    .meta({ description: "Percent of that time for devices without a sign of life" }),
  proving: z
    .enum(["automatic", "manual"])
    .default("manual")
    .meta({ description: "Who picks the first device of a kind to be written to" }),
  deadlines: z
    .strictObject({
      call: duration(SECOND, 600 * SECOND)
        .optional()
        .meta({
          description: "After which a call counts as unanswered; 160s for genieacs, else 60s",
        }),
      verify: duration(SECOND, 24 * HOUR)
        .prefault("2m")
        .meta({ description: "After which an accepted write that does not show was ignored" }),
      prove: duration(1, 24 * HOUR)
        .prefault("5m")
        .meta({ description: "After which the first device of a kind is read again, as proof" }),
      firmware: duration(SECOND, 24 * HOUR)
        .prefault("1h")
        .meta({ description: "Within which a device has to run a firmware that it was sent" }),
      soak: duration(SECOND, 7 * 24 * HOUR)
        .prefault("15m")
        .meta({ description: "How long it has to run it before that counts as proven" }),
    })
    .prefault({}),
  evidenceBudget: duration(60 * SECOND, 90 * 24 * HOUR)
    .prefault("24h")
    .meta({ description: "Age at which an observed value becomes unknown" }),
  reads: reads.optional(),
  probe: z
    .strictObject({
      every: duration(HOUR, 90 * 24 * HOUR),
      upTo: z.int().min(2).max(32).default(4),
      sample: z.int().min(5).max(1_000).default(20),
    })
    .optional()
    .meta({ description: "Measures how many calls at once it answers rightly; raises nothing" }),
  parkingCredential: parkingCredential.optional(),
});

/** GenieACS answers when the CPE's session is over, and waits up to 156 s for that (genieacs-nbi.md 3). */
const CALL: { readonly [K in z.output<typeof written>["kind"]]: string } = {
  friendly: "1m",
  genieacs: "2m40s",
};

const spec = written.transform((given) => ({
  ...given,
  deadlines: { ...given.deadlines, call: given.deadlines.call ?? CALL[given.kind] },
}));

export type AcsSpec = z.output<typeof spec>;

export const acs: KindDef<"Acs", AcsSpec> = {
  kind: "Acs",
  path: "acs",
  meaning: "one ACS: where it is, how far we may go with it, how fast",
  spec,
  check(_metadata, { kind, auth: login, restAddress }) {
    if (kind !== "genieacs") return [];
    const issues: Problem[] = [];
    if (login.kind !== "none" && login.kind !== "basic") {
      const message =
        "must be none or basic: GenieACS itself knows no login, a proxy before it may";
      issues.push({ pointer: "/spec/auth/kind", code: "invalid", message });
    }
    if (restAddress !== undefined) {
      const message = "is used with kind friendly only";
      issues.push({ pointer: "/spec/restAddress", code: "invalid", message });
    }
    return issues;
  },
};

/** The durations of a parsed spec, in ms. */
export function acsTimes(parsed: Pick<AcsSpec, "deadlines" | "evidenceBudget">): {
  readonly callMs: number;
  readonly evidenceBudgetMs: number;
} {
  const ms = (text: string): number => parseDurationMs(text) ?? 0;
  return { callMs: ms(parsed.deadlines.call), evidenceBudgetMs: ms(parsed.evidenceBudget) };
}
