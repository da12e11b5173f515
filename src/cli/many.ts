/** An action on one device, or on all that a selector chooses: the number is confirmed by the person who asks for it. */
import type { BodyOf } from "../client/typed.ts";
import { AppError } from "../lib/errors.ts";
import type { ApiActed } from "../model/api.ts";
import { expectOf } from "./apply.ts";
import { printJson, type Session } from "./io.ts";
import { count } from "./text.ts";

export interface Scope {
  readonly selector?: string;
  readonly expect?: string;
}

type Action = "hold" | "release" | "reconcile";

/** @throws `usage` unless exactly one of the two is there */
export function checkScope(device: string | undefined, { selector, expect }: Scope): void {
  const next = "plumb get devices -l SELECTOR   shows which devices it chooses";
  const bad = (message: string): AppError => new AppError("usage", message, { details: { next } });
  if (device === undefined && selector === undefined)
    throw bad("say which device, or which devices with -l");
  if (device !== undefined && selector !== undefined)
    throw bad("name one device, or choose some with -l, not both");
  if (device !== undefined && expect !== undefined) throw bad("--expect goes with -l");
}

export async function actOnMany<Which extends Action>(
  to: Session,
  action: Which,
  { selector = "", expect }: Scope,
  body: Omit<BodyOf<`POST /v1/devices/${Which}`>, "selector">,
  done: string,
): Promise<void> {
  const whole = { selector, ...body } as BodyOf<`POST /v1/devices/${Which}`>;
  const acted = await confirmed(to, action, expectOf(expect), (number) =>
    to.client.actOn(action, whole, number),
  );
  if (to.format === "json") printJson(to, acted);
  else if (to.format !== "name") to.print(actedText(acted, done));
  if (acted.held > 0)
    to.say(
      `${count(acted.held, "device")} held, and left as they are: plumb get devices -l state=held`,
    );
}

function actedText({ selected, changed, held }: ApiActed, done: string): string {
  const same = selected - changed - held;
  const rest = same === 0 ? "" : `; ${count(same, "device")} stood so already`;
  return `${count(changed, "device")} ${done}${rest}.`;
}

async function confirmed(
  to: Session,
  action: Action,
  expect: number | null,
  act: (expect: number | null) => Promise<ApiActed>,
): Promise<ApiActed> {
  try {
    return await act(expect);
  } catch (error) {
    const number = error instanceof AppError ? error.details["count"] : undefined;
    if (!(error instanceof AppError) || error.code !== "count_unconfirmed") throw error;
    if (typeof number !== "number") throw error;
    const { ask } = to.io;
    if (expect === null && to.io.isTTY && ask !== undefined) {
      const question = `plumb ${action}: this touches ${count(number, "device")}. Type the number to go on: `;
      if ((await ask(question)).trim() === String(number)) return await act(number);
    }
    const next = `look with plumb get devices -l, then repeat it with --expect ${number}`;
    throw new AppError(error.code, error.message, { details: { ...error.details, next } });
  }
}
