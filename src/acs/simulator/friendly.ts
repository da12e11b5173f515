/**
 * The face of FriendlyTech's SOAP service. What is known of it, and from where: the comments of
 * `manifests/acs/friendly-acsws.wsdl`. Answers are written by hand and not by the `soap` package's server: that one is as fast
 * for a small answer and needs three times the processor for 750 parameters (figures in `manifests/cpes/README.md`), and a
 * bench has to write wrong answers too.
 */
import { AppError } from "../../lib/errors.ts";
import { Arguments } from "./arguments.ts";
import type { Face, HttpQuestion, HttpReply, Impostor, Question } from "./face.ts";
import {
  OPERATIONS,
  refused,
  strayOperation,
  SUCCESS,
  type Answer,
  type Body,
  type Tools,
} from "./operations.ts";
import {
  mustUnderstand,
  readSoap,
  soapFault,
  soapReply,
  usernameToken,
  type SoapRequest,
} from "./soap.ts";
import { NAMESPACE, type Dialect } from "./friendly-answers.ts";
import { escapeXml, type XmlElement } from "../../lib/xml.ts";

export type FriendlyAuth =
  | { readonly kind: "none" }
  | { readonly kind: "basic" | "usernametoken"; readonly user: string; readonly password: string };

class FriendlyCall implements Question {
  readonly operation: string;
  readonly serial: string;
  readonly creator: string;
  readonly #request: SoapRequest;
  readonly #args: Arguments;
  readonly #tools: Tools;
  readonly #dialect: Dialect;

  constructor(request: SoapRequest, tools: Tools, dialect: Dialect) {
    this.#dialect = dialect;
    this.operation = request.call.name;
    this.#args = new Arguments(request.call);
    this.serial = this.#args.text("devicesn");
    this.creator = this.#args.text("creator");
    this.#request = request;
    this.#tools = tools;
  }

  answer(): Promise<HttpReply> {
    return this.#run(this.serial);
  }

  async #run(serial: string, run = OPERATIONS.get(this.operation)): Promise<HttpReply> {
    const { version } = this.#request;
    try {
      if (run === undefined) throw new AppError("invalid", "not an operation of this service");
      const answer = await run(this.#args, this.#tools, serial);
      const reply = soapReply(version, this.#dialect.answer(this.operation, answer));
      return { ...reply, outcome: answer.code === SUCCESS ? "ok" : "refused" };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const text = `Server was unable to read request. ---> ${error.message}`;
      return { ...soapFault(version, "Client", text), outcome: "fault" };
    }
  }

  async impostor(kind: Impostor): Promise<HttpReply> {
    const { version } = this.#request;
    const reply = (operation: string, answer: Answer): HttpReply =>
      soapReply(version, this.#dialect.answer(operation, answer));
    switch (kind.kind) {
      case "wrong-operation": {
        const other = this.operation === "FTCPEStatus" ? "FTRebootDevice" : "FTCPEStatus";
        const body: Body =
          other === "FTCPEStatus"
            ? { kind: "status", online: true }
            : { kind: "transaction", id: 1 };
        return reply(other, { code: SUCCESS, message: "", body });
      }
      case "other-device":
        return this.#run(this.#neighbour(), strayOperation(this.operation));
      case "missing-params":
        return reply(this.operation, { code: SUCCESS, message: "", body: { kind: "none" } });
      case "error-code":
        return reply(this.operation, refused(kind.message, kind.code));
      case "soap-fault":
        return soapFault(
          version,
          "Server",
          "System.Web.Services.Protocols.SoapException: Server was unable to process request. ---> " +
            "System.NullReferenceException: Object reference not set to an instance of an object.",
        );
    }
  }

  /** Another CPE of the same model, so that only its serial number gives it away; the same one if it is the only one. */
  #neighbour(): string {
    const { acs } = this.#tools;
    const own = acs.find(this.serial);
    const found = acs.entries.find(
      (each) =>
        each !== own &&
        (own === undefined || each.device.model === own.device.model) &&
        acs.online(each),
    );
    return found?.device.serial ?? this.serial;
  }
}

export function authorised(auth: FriendlyAuth, question: HttpQuestion): boolean {
  if (auth.kind !== "basic") return true;
  const expected = Buffer.from(`${auth.user}:${auth.password}`, "utf8").toString("base64");
  const [scheme, token] = (question.headers["authorization"] ?? "").split(" ");
  return scheme?.toLowerCase() === "basic" && token === expected;
}

function tokenFault(auth: FriendlyAuth, headers: readonly XmlElement[]): string | undefined {
  if (auth.kind !== "usernametoken") {
    return mustUnderstand(headers) ? "SOAP header Security was not understood." : undefined;
  }
  const token = usernameToken(headers);
  return token?.user === auth.user && token.password === auth.password
    ? undefined
    : "The security token could not be authenticated or authorized";
}

/** @param wsdl the text that `GET ?WSDL` gives, its addresses still those of the file */
export function friendlyFace(
  dialect: Dialect,
  wsdl: string,
  auth: FriendlyAuth,
  tools: Tools,
): Face {
  return {
    name: dialect.name,
    serves: (question) => question.path.toLowerCase() === dialect.path,
    open(question) {
      if (question.method === "GET") {
        if (![...question.query.keys()].some((key) => key.toLowerCase() === "wsdl")) {
          return { status: 200, contentType: "text/html", body: "<html><body>ACSWS</body></html>" };
        }
        const host = question.headers["host"] ?? "127.0.0.1";
        const body = wsdl.replaceAll(/(location="http:\/\/)[^/"]*/g, `$1${escapeXml(host)}`);
        return { status: 200, contentType: "text/xml; charset=utf-8", body };
      }
      if (!authorised(auth, question)) {
        const headers = { "www-authenticate": 'Basic realm="ftacsws"' };
        return { status: 401, contentType: "text/html", body: "401 - Unauthorized", headers };
      }
      const request = readSoap(question.body);
      if (!("call" in request)) return request;
      const refusal = tokenFault(auth, request.headers);
      if (refusal !== undefined) {
        return soapFault(
          request.version,
          auth.kind === "usernametoken" ? "Client" : "MustUnderstand",
          refusal,
        );
      }
      const { name, namespace } = request.call;
      if (namespace !== NAMESPACE || !OPERATIONS.has(name)) {
        const text = `Server did not recognize the value of HTTP Header SOAPAction: ${namespace}/${name}.`;
        return soapFault(request.version, "Client", text);
      }
      return new FriendlyCall(request, tools, dialect);
    },
  };
}
