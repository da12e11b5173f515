/** The GenieACS adapter on a real socket, held against the suite that every adapter passes. */
import { createAcs } from "../../src/acs/index.ts";
import type { Guard } from "../../src/acs/guarded.ts";
import { httpTransport } from "../../src/acs/http.ts";
import type { Login } from "../../src/acs/login.ts";
import { systemClock } from "../../src/app/clock.ts";
import { Secret } from "../../src/lib/secret.ts";
import { acsContract, ASKED, type Answers } from "./acs.contract.ts";
import {
  AFTER,
  documentOf,
  fault,
  GONE,
  KNOWN,
  leaf,
  list,
  NO_DEVICE,
  NOTHING,
  plain,
  queued,
  reads,
  task,
  VALUES,
  WRITTEN,
} from "./genieacs-script.ts";

const ACS_PASSWORD = "wachtwoord-van-de-proxy";
const MANAGEMENT = "InternetGatewayDevice.ManagementServer";

const SCRIPT_FAULT = [
  queued("Task faulted"),
  fault("script.TypeError", "x is not a function"),
  GONE,
];

const answers: Answers = {
  values: reads(VALUES),
  absence: "said",
  subtree: reads({ [ASKED.hosts]: { _timestamp: AFTER }, [ASKED.host]: leaf("laptop") }),
  blanks: reads({ [ASKED.username]: leaf("  anna ") }),
  nil: null,
  failed: null,
  away: [queued("Device is offline"), NOTHING, GONE],
  refused: [NO_DEVICE],
  refusedCode: 404,
  wrongDevice: reads({ ...VALUES, [ASKED.identity]: leaf(ASKED.otherSerial) }),
  wrongNames: reads({ ...VALUES, "InternetGatewayDevice.Time.NTPServer1": leaf("ntp.example") }),
  noIdentity: [task(), list(documentOf(VALUES))],
  twice: null,
  online: [
    list({
      ...documentOf({
        [`${MANAGEMENT}.PeriodicInformInterval`]: leaf(300, { type: "xsd:unsignedInt" }),
        [`${MANAGEMENT}.PeriodicInformEnable`]: leaf(true, { type: "xsd:boolean" }),
      }),
      _lastInform: new Date().toISOString(),
    }),
  ],
  offline: [
    list({ ...documentOf({}), _lastInform: "2026-01-02T03:04:05.678Z" }),
    plain(504, "Device is offline", "Device is offline"),
  ],
  taken: [KNOWN, task(), WRITTEN],
  takenAs: { kind: "done" },
  changeAt: 1,
  rejected: [
    KNOWN,
    queued("Task faulted"),
    fault("cwmp.9003", "Invalid arguments", [
      { parameterName: ASKED.username, faultCode: "9007", faultString: "<<echo>>" },
    ]),
    GONE,
  ],
  rejectedCode: 9007,
  acsFault: { read: SCRIPT_FAULT, write: [KNOWN, ...SCRIPT_FAULT] },
};

const LOGIN: Login = { kind: "basic", username: "api", password: new Secret(ACS_PASSWORD) };

acsContract("genieacs", {
  answers,
  quote: (text) => JSON.stringify(text).slice(1, -1),
  audit: false,
  deadlineMs: 400,
  acsPassword: ACS_PASSWORD,
  open: (url: string, guard: Guard, deadlineMs: number) => {
    const transport = httpTransport({ deadlineMs, now: () => new Date() });
    // A test waits for no second of GenieACS to pass.
    const clock = { ...systemClock, sleep: () => Promise.resolve() };
    return createAcs(
      "genieacs",
      { url: new URL(url).origin, auth: LOGIN, transport, clock },
      guard,
    );
  },
});
