/**
 * Logins that we make ourselves, to prove a rotation. The AAA reports them like any other; they are of no box and accuse
 * nobody. They are known by their Calling-Station-Id, which is keyed over the user name: a name for our NAS alone could be
 * taken by whoever wants a login not to be looked at, and a mark of one user is good for no other.
 */
import type { RadiusEvent, RadiusKind } from "./radius-event.ts";

type Digest = (label: string, text: string) => string;

/** 96 bits of it: an AAA may keep a station as text, in a column of a few dozen characters. */
const MARK_DIGITS = 24;
const LOGINS: ReadonlySet<RadiusKind> = new Set(["accept", "reject", "login"]);

/** @param normalised as `normalisedUser` makes it */
export function ownStation(digest: Digest, normalised: string): string {
  return `plumbline-${digest("radius.own-login", normalised).slice(0, MARK_DIGITS)}`;
}

export function isOwnLogin({ kind, user, macRaw }: RadiusEvent, digest: Digest): boolean {
  return LOGINS.has(kind) && user !== null && macRaw === ownStation(digest, user.normalised);
}
