/** The longest slug, in characters. */
const LONGEST = 63;

/** What stands in addresses for a tenant of this name, until somebody chooses something else. */
export function slugOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "");
  return plain.slice(0, LONGEST).replace(/-+$/, "");
}
