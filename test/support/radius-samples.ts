/** The recorded bodies of `test/fixtures/radius`, and ways to make others of them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RadiusEndpoint, ReadRadius } from "../../src/fraud/radius/read.ts";
import { readRadius } from "../../src/fraud/radius/read.ts";
import type { RadiusEvent } from "../../src/fraud/radius-event.ts";

const FOLDER = join(import.meta.dirname, "..", "fixtures", "radius");
/** Passwords that the recordings hold on purpose. */
export const LAB_PASSWORDS = ["lab-pass-1002", "hand-typed-guess"];
export const RECEIVED = new Date("2026-11-23T00:00:00Z");

export interface Sample {
  readonly file: string;
  readonly endpoint: RadiusEndpoint;
  readonly bytes: Buffer;
}

export const SAMPLES: readonly Sample[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".wire.json"))
  .sort()
  .map((file) => ({
    file,
    endpoint: file.includes("post-auth") ? "post-auth" : "accounting",
    bytes: readFileSync(join(FOLDER, file)),
  }));

/** By the number that its file begins with. */
export function sample(number: string): Sample {
  const found = SAMPLES.find(({ file }) => file.startsWith(number));
  if (found === undefined) throw new Error(`there is no sample ${number}`);
  return found;
}

type Value = string | number;
export type Changes = Readonly<Record<string, Value | readonly Value[] | null>>;

/** A sample with attributes put in its place, or with null taken out. */
export function changed(number: string, changes: Changes): Sample {
  const { file, endpoint, bytes } = sample(number);
  return { file, endpoint, bytes: bodyOf(JSON.parse(bytes.toString("latin1")) as object, changes) };
}

/** A body as FreeRADIUS prints it, of nothing but these attributes. */
export function made(endpoint: RadiusEndpoint, attributes: Changes): Sample {
  return { file: "made", endpoint, bytes: bodyOf({}, attributes) };
}

/** Characters are bytes, as in the recordings: the rest of the text is ASCII. */
function bodyOf(base: object, changes: Changes): Buffer {
  const attributes = Object.entries(changes).map(([name, value]) => [
    name,
    value === null ? undefined : { type: "string", value: Array.isArray(value) ? value : [value] },
  ]);
  const body = { ...base, ...(Object.fromEntries(attributes) as object) };
  return Buffer.from(JSON.stringify(body), "latin1");
}

export function read({ bytes, endpoint }: Sample, receivedAt = RECEIVED): ReadRadius {
  return readRadius(bytes, endpoint, receivedAt);
}

/** @throws Error for a body that is poison */
export function eventOf(body: Sample, receivedAt = RECEIVED): RadiusEvent {
  const result = read(body, receivedAt);
  if (result.kind === "event") return result.event;
  throw new Error(`${body.file} is poison: ${result.poison.reason}`);
}

/** `poison REASON ATTRIBUTE` or `event KIND`. */
export function verdictOf(body: Sample): string {
  const result = read(body);
  if (result.kind === "event") return `event ${result.event.kind}`;
  return ["poison", result.poison.reason, result.poison.attribute ?? ""].join(" ").trim();
}

/** What a session of so many ms has come to, as a record tells it; a Start tells nothing yet. */
export function counters(status: string, ms: number): Record<string, number> {
  if (status === "Start") return {};
  return {
    "Acct-Session-Time": ms / 1_000,
    "Acct-Input-Octets": ms / 100,
    "Acct-Output-Octets": ms / 10,
  };
}
