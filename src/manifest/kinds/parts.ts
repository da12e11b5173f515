/** Parts that several kinds share: names, labels, selectors, durations, references to secrets. */
import { z } from "zod";
import { isReservedName, LABEL_NAME, parseSelector, printSelector } from "../../fleet/selector.ts";
import { parseDurationMs, printDuration } from "../../lib/time.ts";

const CONTROL = /[\u0000-\u001f\u007f]/;

/** One line of text. */
export function line(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !CONTROL.test(text), "holds a control character");
}

/** Names are parts of addresses and of file names. A canonical device id fits: its odd bytes are `%XX`. */
export const recordName = z
  .string()
  .max(253)
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._%:-]*[A-Za-z0-9])?$/,
    "must begin and end with a letter or a digit; between them also . _ % : -",
  )
  .meta({ description: "Unique among the records of its kind" });

const RESERVED = "is a name that selectors use for something else; choose another";

export const labels = z
  .record(z.string(), line(256))
  .superRefine((record, context) => {
    for (const name of Object.keys(record)) {
      const wellFormed = LABEL_NAME.test(name);
      if (wellFormed && !isReservedName(name)) continue;
      const message = wellFormed ? RESERVED : "a label's name is 1 to 128 of A-Z a-z 0-9 . _ / -";
      context.addIssue({ code: "custom", path: [name], message });
    }
  })
  .meta({
    description: "What selectors see: any names of your own",
    propertyNames: { pattern: LABEL_NAME.source },
  });

/** Kept as text in its normal form; reading it again is `parseSelector` with the same use. */
export const recordSelector = z
  .string()
  .transform((text, context): string => {
    const parsed = parseSelector(text, { allow: "record" });
    if (parsed.kind === "selector") return printSelector(parsed.selector);
    const message = `at character ${parsed.offset + 1}: ${parsed.message}`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .meta({ description: "Which devices: site=cpt,model in (BM626e,DX-350),!vip, or all" });

/** Kept as text in its shortest form (`60s` becomes `1m`); `parseDurationMs` reads it. */
export function duration(minMs: number, maxMs: number) {
  const range = `${printDuration(minMs)} to ${printDuration(maxMs)}`;
  return z
    .string()
    .transform((text, context): string => {
      const ms = parseDurationMs(text);
      if (ms !== undefined && ms >= minMs && ms <= maxMs) return printDuration(ms);
      context.addIssue({ code: "custom", message: `must be a duration from ${range}, like 90s` });
      return z.NEVER;
    })
    .meta({ description: `Duration, ${range}: 90s, 15m, 24h, 7d` });
}

/** Whole percent. */
export const percent = z.int().min(1).max(100);

const HOW = `a secret never stands in a manifest; write {env: PLUMB_SECRET_NAME} or {file: NAME}`;

/**
 * Where a secret is, and nothing else: an environment variable of ours, or a file inside `PLUMB_SECRETS_DIR`. Any other
 * name is refused, so that no manifest can carry the key ring, or a file of the system, to a CPE.
 */
export const secretRef = z
  .strictObject(
    {
      env: z
        .string()
        .regex(/^PLUMB_SECRET_[A-Z0-9_]{1,100}$/, "must be PLUMB_SECRET_ and A-Z 0-9 _")
        .refine((name) => !name.endsWith("_FILE"), "names the variable without _FILE")
        .optional(),
      file: z
        .string()
        .regex(
          /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/,
          "must be a plain file name inside PLUMB_SECRETS_DIR, without slashes and leading dot",
        )
        .optional(),
    },
    { error: (issue) => (issue.code === "invalid_type" ? HOW : undefined) },
  )
  .transform((value, context): SecretRef => {
    if (value.env !== undefined && value.file === undefined) return { env: value.env };
    if (value.file !== undefined && value.env === undefined) return { file: value.file };
    context.addIssue({ code: "custom", message: `must have either env or file; ${HOW}` });
    return z.NEVER;
  })
  .meta({
    description: `{env: PLUMB_SECRET_NAME} or {file: NAME}`,
    minProperties: 1,
    maxProperties: 1,
  });

export type SecretRef = { readonly env: string } | { readonly file: string };

export function isSecretRef(value: unknown): value is SecretRef {
  if (value === null || typeof value !== "object") return false;
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && (key === "env" || key === "file");
}

/** `env PLUMB_SECRET_ACS`: the reference may be shown, its secret never. */
export function printSecretRef(ref: SecretRef): string {
  return "env" in ref ? `env ${ref.env}` : `file ${ref.file}`;
}
