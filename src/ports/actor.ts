/** Who asks: written into history, events and conflicts. */
export interface Actor {
  readonly owner: string;
  readonly tokenId: string;
  readonly requestId: string;
}
