/**
 * The `soap` package, with our transport inside it at the socket: a call is serialised before the gate gives it a slot,
 * and its answer is parsed after the slot was given back. What belongs to one call travels in soap's options for that
 * call. Fields of soap's client object (`lastRequest` and its kin) belong to all calls at once: they are never read, and
 * emptied, as they would keep a secret alive.
 */
import { createClientAsync, type Client, type IHttpClient } from "soap";
import { AppError, messageOf } from "../../lib/errors.ts";
import type {
  AcsDevice,
  AnswerFault,
  CallContext,
  ExchangeResult,
  NotSent,
  Transport,
  Unknown,
} from "../../ports/acs.ts";
import { objectionTo } from "./envelope.ts";
import { securityOf, type FriendlyAuth } from "./security.ts";

export interface FriendlyOptions {
  /** Where the service stands: `https://HOST/ftacsws/acsws.asmx`. */
  readonly url: string;
  /** The service's description: its text, or the path of a file. Never an address: nothing is fetched at start. */
  readonly wsdl: string;
  /** Where the REST twin stands, if the site has it: `https://HOST/FTACSWS_REST/api`. */
  readonly restAddress?: string;
  readonly auth: FriendlyAuth;
  /** Our instance's name in the ACS's audit trail. */
  readonly appId: string;
  readonly transport: Transport;
}

export const OPERATIONS = [
  "FTCPEStatus",
  "FTGetDeviceInfo",
  "FTGetDeviceParameters",
  "FTSetDeviceParameters",
  "FTAddObject",
  "FTDeleteObject",
  "FTRebootDevice",
  "FTDownloadFile",
  "FTResetToDefault",
  "FTRPCInvoke",
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** Its answer is `Online` and no more. A write's answer is as nameless, but a read proves it later. */
const NAMELESS: ReadonlySet<Operation> = new Set<Operation>(["FTCPEStatus"]);

/** What stood in `<Op>Response`, or why there is nothing to look at. */
type Reply =
  { readonly kind: "reply"; readonly inner: unknown; readonly sentAt: Date } | Unknown | NotSent;

/** One call, from arguments to what soap made of the answer. Never rejects for what an ACS can do. */
export type Ask = (
  operation: Operation,
  args: Readonly<Record<string, unknown>>,
  device: AcsDevice,
  context: CallContext,
) => Promise<Reply>;

/** Travels with one call through soap's options. */
interface Call {
  readonly operation: Operation;
  readonly device: AcsDevice;
  readonly context: CallContext;
  sentAt: Date | undefined;
  readonly end: (reply: Unknown | NotSent) => void;
}

type SoapMethod = (
  args: Readonly<Record<string, unknown>>,
  callback: (error: unknown, inner: unknown) => void,
  options: { readonly call: Call },
) => void;

function unknown(fault: AnswerFault, detail: string, sent = true): Unknown {
  return { kind: "unknown", fault, sent, detail };
}

/** @throws AppError `bad_config` when the description cannot be used */
export async function openSoap(
  options: FriendlyOptions,
): Promise<{ readonly ask: Ask; readonly description: string }> {
  if (/^\s*https?:/i.test(options.wsdl)) {
    throw new AppError("bad_config", "The WSDL must be a text or a file, not an address.");
  }
  const client = await load(options);
  const methods = client as unknown as Readonly<Record<string, SoapMethod | undefined>>;
  const missing = OPERATIONS.filter((name) => methods[name] === undefined);
  if (missing.length > 0) {
    throw new AppError("bad_config", `The ACS's WSDL lacks ${missing.join(", ")}.`);
  }
  const security = securityOf(options.auth);
  if (security !== undefined) client.setSecurity(security);

  const ask: Ask = (operation, args, device, context) =>
    new Promise((resolve) => {
      const call: Call = { operation, device, context, sentAt: undefined, end: resolve };
      const done = (error: unknown, inner: unknown): void => {
        // What soap says of an error may quote the answer; its class is enough.
        if (Boolean(error) || call.sentAt === undefined) {
          resolve(unknown("garbled", "the parser refused the answer"));
        } else resolve({ kind: "reply", inner, sentAt: call.sentAt });
      };
      methods[operation]?.(args, done, { call });
    });
  return { ask, description: client.wsdl.toXML() };
}

async function load(options: FriendlyOptions): Promise<Client> {
  try {
    return await createClientAsync(options.wsdl, {
      endpoint: options.url,
      // soap caches a description together with the options of its first user.
      disableCache: true,
      httpClient: carrier(options.transport),
      // A password may begin or end in a blank; soap trims by default (measured).
      preserveWhitespace: true,
      customDeserializer: STRICT,
    });
  } catch (error) {
    const message = `The ACS's WSDL cannot be used: ${messageOf(error)}`;
    throw new AppError("bad_config", message, { cause: error });
  }
}

/**
 * soap reads `100x` as 100, whatever is not true as false, and times without a zone in ours. Here a number is a whole
 * number and a truth one of its four spellings; the rest stays a text, which the decoders do not believe.
 */
const STRICT = {
  int: (text: string) => (/^[+-]?\d{1,15}$/.test(text) ? Number(text) : text),
  boolean: (text: string) =>
    text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : text,
  dateTime: (text: string) => text,
};

/** soap's HTTP client as a transport: hands out what was built, hands in only what passed the envelope check. */
function carrier(transport: Transport): IHttpClient {
  return {
    request(url, body: string, callback, headers, options, caller) {
      const { call } = options as { readonly call: Call };
      const client = caller as Client;
      forget(client);
      transport({
        operation: call.operation,
        method: "POST",
        url,
        headers: { ...headers },
        body,
        context: call.context,
        deviceId: call.device.id,
        alone: NAMELESS.has(call.operation),
      })
        .then((result) => {
          receive(call, result, (answer) => {
            callback(null, { status: 200 }, answer);
          });
        })
        // A transport never rejects and soap hands its errors to the callback; should either change, nothing is known.
        .catch(() => {
          call.end(unknown("garbled", "the answer could not be handled"));
        })
        .finally(() => {
          forget(client);
        });
      // soap gives what is returned here to nobody.
      return undefined as never;
    },
  };
}

function receive(call: Call, result: ExchangeResult, parse: (body: string) => void): void {
  if (result.kind === "not_sent") {
    call.end(result);
    return;
  }
  if (result.kind === "no_answer") {
    call.end(unknown(result.fault, result.detail, result.sent));
    return;
  }
  const label = `HTTP ${result.status} ${result.contentType}`.trim();
  const objection = objectionTo(result.body, call.operation);
  if (objection !== undefined) {
    call.end(unknown(objection.fault, `${label}: ${objection.detail}`));
  } else if (result.status === 200) {
    call.sentAt = result.sentAt;
    parse(result.body);
  } else {
    call.end(unknown("garbled", `${label}: an answer under an error status`));
  }
}

function forget(client: Client): void {
  Object.assign(client, {
    lastMessage: undefined,
    lastRequest: undefined,
    lastResponse: undefined,
  });
}
