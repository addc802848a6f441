/** Which tools an agent's allowlist lets it use. A `*` in a pattern stands for any text. */

export function allows(pattern: string, toolName: string): boolean {
  const source = pattern
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${source}$`).test(toolName);
}

/** The first pattern that lets a tool through. */
export function allowedBy(allowlist: string[], toolName: string): string | undefined {
  return allowlist.find((pattern) => allows(pattern, toolName));
}

/** The allowlist with the exact name of a tool put in or taken out. */
export function toggled(allowlist: string[], toolName: string): string[] {
  return allowlist.includes(toolName)
    ? allowlist.filter((pattern) => pattern !== toolName)
    : [...allowlist, toolName];
}
