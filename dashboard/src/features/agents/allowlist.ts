/** The tools that an agent's allowlist allows. A pattern is a name, or a prefix followed by `*`. */

export function allows(pattern: string, toolName: string): boolean {
  return pattern.endsWith("*") ? toolName.startsWith(pattern.slice(0, -1)) : toolName === pattern;
}

/** The first pattern that allows a tool. */
export function allowedBy(allowlist: string[], toolName: string): string | undefined {
  return allowlist.find((pattern) => allows(pattern, toolName));
}

/** The allowlist with the exact name of a tool added or removed. */
export function toggled(allowlist: string[], toolName: string): string[] {
  return allowlist.includes(toolName)
    ? allowlist.filter((pattern) => pattern !== toolName)
    : [...allowlist, toolName];
}
