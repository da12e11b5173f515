/** The right to call one ACS. `fence` only grows; a holder with an older one changes nothing any more. */
export interface Lease {
  readonly acs: string;
  readonly slot: number;
  readonly holder: string;
  readonly fence: number;
}
