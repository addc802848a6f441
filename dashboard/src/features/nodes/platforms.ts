/** The operating systems of nodes, with their proper names. */
const NAMES: Record<string, string> = { linux: "Linux", macos: "macOS", windows: "Windows" };

export const PLATFORMS = Object.entries(NAMES).map(([value, label]) => ({ value, label }));

export function platformName(platform: string): string {
  return NAMES[platform] ?? platform;
}
