/**
 * What a refusal means, by its code: may the same request be taken soon, later, or never? CWMP's own codes are those of
 * TR-069 (table of fault codes of a CPE); 9800 to 9899 belong to the vendors, and the others are those of an ACS's own
 * dialect (acs-northbound-apis.md 2.2, genieacs-nbi.md 1).
 */

/** `retry`: may pass by itself soon. `wait`: later, as something has to come free. `stop`: the same is never taken. */
export type FaultClass = "retry" | "wait" | "stop";

interface FaultFacts {
  readonly class: FaultClass;
  /** For the person who has to do something about it. */
  readonly meaning: string;
}

const fault = (cls: FaultClass, meaning: string): FaultFacts => ({ class: cls, meaning });

/** By code. What the CPE is short of, or cannot reach, may change; what is wrong with the request does not. */
export const FAULTS: ReadonlyMap<number, FaultFacts> = new Map([
  [9000, fault("stop", "the CPE does not know this kind of request; its map must not ask for it")],
  [9001, fault("retry", "the CPE denied it and gave no reason")],
  [9002, fault("retry", "the CPE failed inside; a reboot may help when it stays so")],
  [9003, fault("stop", "the arguments do not fit together; look at the map of this model")],
  [9004, fault("wait", "the CPE has no room for it now: memory, or rows of a table")],
  [9005, fault("stop", "the CPE has no parameter of this name; look at the map of this model")],
  [9006, fault("stop", "the value has the wrong type; look at the map of this model")],
  [9007, fault("stop", "the CPE does not allow this value; look at what is wanted")],
  [9008, fault("stop", "the parameter cannot be written on this CPE; look at the map")],
  [9009, fault("stop", "the CPE reports no changes of this parameter")],
  [9010, fault("wait", "the file was not fetched; look at the file server")],
  [9011, fault("wait", "the file was not taken in by its server; look at the file server")],
  [9012, fault("stop", "the file server did not accept the login that the CPE was given")],
  [9013, fault("stop", "the CPE cannot fetch over this protocol; offer another address")],
  [9014, fault("wait", "the CPE could not join the multicast that carries the file")],
  [9015, fault("wait", "the CPE does not reach the file server")],
  [9016, fault("wait", "the file server does not give out this file; look at its address")],
  [9017, fault("wait", "the transfer of the file broke off")],
  [9018, fault("stop", "the file is damaged, or not for this CPE")],
  [9019, fault("stop", "the CPE does not trust the signature of the file")],
  [9020, fault("wait", "the transfer did not end within its time window")],
  [0, fault("stop", "it was not sent: the ACS could not carry it as it is")],
  [201, fault("retry", "the ACS refused it and gave no reason that a program could tell")],
  [404, fault("wait", "the ACS does not know this device, or not yet")],
]);

const VENDOR = fault("retry", "a code of the vendor's own; its manual may say more");
const OTHER = fault("retry", "a code that no table of ours knows");

export function faultOf(code: number): FaultFacts {
  return FAULTS.get(code) ?? (code >= 9800 && code <= 9899 ? VENDOR : OTHER);
}

/** The code in how an operation failed, as in `rejected:9007`; undefined for what no code was given for. */
export function codeOf(how: string): number | undefined {
  const code = /^rejected:(\d+)(?:@|$)/.exec(how)?.[1];
  return code === undefined ? undefined : Number(code);
}

/** Silence and writes without effect may pass by themselves. */
export function classOf(how: string): FaultClass {
  const code = codeOf(how);
  return code === undefined ? "retry" : faultOf(code).class;
}
