/** The name of the file that a block of code is saved as. */

/** The endings of the languages that are not called like the ending of their files. */
const ENDINGS: Record<string, string> = {
  bash: "sh",
  cplusplus: "cpp",
  csharp: "cs",
  golang: "go",
  javascript: "js",
  jsx: "jsx",
  kotlin: "kt",
  markdown: "md",
  perl: "pl",
  plaintext: "txt",
  powershell: "ps1",
  python: "py",
  ruby: "rb",
  rust: "rs",
  shell: "sh",
  typescript: "ts",
  yaml: "yml",
  zsh: "sh",
};

export function codeFileName(language: string | null): string {
  const name = (language ?? "txt").toLowerCase();
  const ending = ENDINGS[name] ?? (/^[a-z0-9]{1,10}$/.test(name) ? name : "txt");
  return `code.${ending}`;
}
