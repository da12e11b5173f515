/**
 * The headers of a question are those that the adapter set, whatever a tracer adds: the ACS is a stranger. Tracers add theirs
 * where undici tells on a channel that it has made a request; whoever comes after them there is not known, so theirs are
 * taken out again when the request is written.
 */
import { subscribe } from "node:diagnostics_channel";

/** As undici's page on that channel shows it: name, value, name, value. */
interface Made {
  readonly request: { readonly headers: unknown };
}

export interface OwnHeaders {
  /** Takes out what others added. In the tick that writes them. */
  only(): void;
}

/** Set while undici makes a request of ours, which it tells of before it returns. */
let making: { headers: unknown } | null = null;

subscribe("undici:request:create", (message) => {
  if (making !== null) making.headers = (message as Made).request.headers;
});

/** @param make makes the request, and no other */
export function headersOf(ours: Readonly<Record<string, string>>, make: () => void): OwnHeaders {
  const made: { headers: unknown } = { headers: undefined };
  const own = Object.keys(ours);
  const isOurs = (name: string): boolean =>
    own.includes(name) || own.some((each) => each.toLowerCase() === name.toLowerCase());
  making = made;
  try {
    make();
  } finally {
    making = null;
  }
  return {
    only() {
      const { headers } = made;
      if (!Array.isArray(headers)) return;
      for (let at = headers.length - 2; at >= 0; at -= 2) {
        if (!isOurs(String(headers[at]))) headers.splice(at, 2);
      }
    },
  };
}
