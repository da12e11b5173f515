/** Which credential a device shows: what the misuse rules will compare. Only normalised names leave this file. */
import {
  isRecord,
  type Credential,
  type LogicalValue,
  type Observation,
} from "../model/logical.ts";

const CARRYING = ["wan.ppp.credential", "wimax.auth.identity"];

export interface Sighting {
  readonly logical: string;
  /** In Unicode's composed form (NFC), lower case, without blanks around it; `user@realm`, or `user` alone. */
  readonly normalised: string;
}

function isCredential(value: LogicalValue): value is Credential {
  return isRecord(value) && typeof value["user"] === "string" && typeof value["realm"] === "string";
}

export function normalisedUser(credential: Credential): string {
  const user = credential.user.normalize("NFC").trim().toLowerCase();
  const realm = credential.realm.normalize("NFC").trim().toLowerCase();
  return realm === "" ? user : `${user}@${realm}`;
}

/** Null where it is none, or has no user name. */
export function shownCredential(observation: Observation | undefined): Credential | null {
  if (observation?.kind !== "value" && observation?.kind !== "nonconforming") return null;
  if (!isCredential(observation.value) || observation.value.user.trim() === "") return null;
  return observation.value;
}

/** Credentials in what was observed; an empty user name is no sighting. */
export function sightings(observed: ReadonlyMap<string, Observation>): Sighting[] {
  return CARRYING.flatMap((logical): Sighting[] => {
    const shown = shownCredential(observed.get(logical));
    return shown === null ? [] : [{ logical, normalised: normalisedUser(shown) }];
  });
}
