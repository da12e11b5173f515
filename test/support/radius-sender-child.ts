/** Posts records as rlm_rest does, from a keep-alive pool: `radius-sender-child URL TOKEN COUNT FROM`; prints one line of JSON. */
import { Agent, request } from "node:http";
import { sample } from "./radius-samples.ts";

const AT_ONCE = 64;
const [url = "", token = "", count = "0", from = "0"] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const whole = JSON.parse(sample("05").bytes.toString("latin1")) as Record<string, unknown>;

/** Each of a tenth as many sessions gets ten interims. */
function bodyOf(number: number): string {
  const session = Math.floor(number / 10);
  const value = (one: string | number) => ({ type: "string", value: [one] });
  return JSON.stringify({
    ...whole,
    "User-Name": value(`cpe-${session}@isp.example`),
    "Calling-Station-Id": value(
      `00:0c:42:${session
        .toString(16)
        .padStart(6, "0")
        .replace(/(..)(..)/, "$1:$2:")}`,
    ),
    "Acct-Unique-Session-Id": value(`unique-${session}`),
    "Acct-Session-Id": value(`s-${session}`),
    "Acct-Session-Time": value(300 * (number % 10)),
    "Tmp-Integer-0": value(1_795_380_000 + 300 * (number % 10)),
    "Tmp-String-0": value("192.0.2.11"),
  });
}

function post(body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(
      `${url}/v1/radius/accounting`,
      {
        method: "POST",
        agent,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      },
      (answer) => {
        answer.resume().once("end", () => {
          resolve(answer.statusCode ?? 0);
        });
      },
    );
    asked.once("error", reject);
    asked.end(body);
  });
}

const bodies = Array.from({ length: Number(count) }, (_, n) => bodyOf(Number(from) + n));
const statuses: Record<string, number> = {};
const eachMs: number[] = [];
let next = 0;
const begun = performance.now();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let at = next++; at < bodies.length; at = next++) {
      const sent = performance.now();
      const status = await post(bodies[at] ?? "");
      eachMs.push(performance.now() - sent);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  }),
);
const tookMs = performance.now() - begun;
process.stdout.write(`${JSON.stringify({ tookMs, eachMs, statuses })}\n`);
agent.destroy();
