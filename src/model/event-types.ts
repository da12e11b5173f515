/** How events are named outside: `service.ended`, as receivers of webhooks know it, for `ServiceEnded` of the history. */

/** First word, a dot, the rest with underscores: `DeviceNotReturned` is `device.not_returned`. */
export function wireType(type: string): string {
  const [noun = "", ...rest] = type.match(/[A-Z][a-z0-9]*/g) ?? [type];
  return [noun, rest.join("_")]
    .filter((part) => part !== "")
    .join(".")
    .toLowerCase();
}

/** Of whoever may do what, and of the keys: not for everybody who may read the fleet. */
const ACCESS = /^(token|key|webhook)\./;

export function isOfAccess(wire: string): boolean {
  return ACCESS.test(wire);
}
