/** The outcome of an approval or a question in words. */
import { prompts as t } from "../../messages/en/prompts.ts";

export function outcomeText(outcome: string): string {
  const texts: Record<string, string> = t.outcomeText;
  return texts[outcome] ?? t.outcomeText.unknown;
}
