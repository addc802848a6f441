/** Which tools an agent's allowlist lets it use. A pattern is a name, or a beginning that ends in `*`. */

export function allows(pattern: string, toolName: string): boolean {
  return pattern.endsWith("*") ? toolName.startsWith(pattern.slice(0, -1)) : toolName === pattern;
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
