/** The path that the gateway is served under, without a slash at its end: "" or, for example, "/sophon". The page names it. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent where only logic is tested
export const basePath = pathOf(globalThis.document?.querySelector("base")?.href);

function pathOf(base: string | undefined): string {
  return base === undefined ? "" : new URL(base).pathname.replace(/\/$/, "");
}
