/** A new id for something that this page sends. (`crypto.randomUUID` is missing on plain HTTP.) */
export function newLocalId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
