/** The name of a site's parking credential, as its `Acs` record says it. */
export function parkingNameOf(
  spec: Readonly<Record<string, unknown>>,
): { readonly username: string; readonly realm: string } | null {
  const parking = spec["parkingCredential"] as
    { readonly username: string; readonly realm?: string } | undefined;
  if (parking === undefined) return null;
  const { username, realm = "" } = parking;
  return { username, realm };
}
