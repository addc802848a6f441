/** The operating systems that a node can have, with their proper names. */
export const PLATFORMS = [
  { value: "linux", label: "Linux" },
  { value: "macos", label: "macOS" },
  { value: "windows", label: "Windows" },
];

export function platformName(platform: string): string {
  return PLATFORMS.find(({ value }) => value === platform)?.label ?? platform;
}
