/** Puts values in the place of a prompt's variables. */

const PLACEHOLDER = /\{\{([^{}\n]*)\}\}/g;

/** The values of the variables that nobody is asked for. */
export function builtIn(user: string, now: Date): Record<string, string> {
  return {
    date: now.toLocaleDateString(undefined, { dateStyle: "long" }),
    time: now.toLocaleTimeString(undefined, { timeStyle: "short" }),
    user,
  };
}

/** The text with its variables filled in. Braces around anything else stay as they are. */
export function fill(content: string, values: Record<string, string>): string {
  return content.replace(PLACEHOLDER, (placeholder, inner: string) => {
    const name = inner.split("=", 1)[0]?.trim() ?? "";
    return Object.hasOwn(values, name) ? (values[name] ?? placeholder) : placeholder;
  });
}
