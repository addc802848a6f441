/** The prompts and agents that fit what is being typed, and the way through them by keyboard. */
import { useId, useState, type KeyboardEvent } from "react";
import type { Agent, SavedPrompt } from "../../api/types.ts";
import { useAgents } from "../../entities/agent/use-agents.ts";
import { useSavedPrompts } from "../../entities/saved-prompt/saved-prompts.ts";
import { triggerAt, type Trigger } from "./trigger.ts";

export type Suggestion =
  | { kind: "prompt"; id: string; prompt: SavedPrompt }
  | { kind: "agent"; id: string; agent: Agent }
  /** Leads to the page of all prompts. */
  | { kind: "manage"; id: string };

/** More are found by typing on. */
const MOST_SHOWN = 50;

interface Active {
  /** What was typed when this one was reached. */
  at: string;
  index: number;
}

export function useSuggestions(
  text: string,
  caret: number,
  onChoose: (suggestion: Suggestion, trigger: Trigger) => void,
) {
  const listId = useId();
  const [active, setActive] = useState<Active>({ at: "", index: 0 });
  // Closed with Esc, until another word is begun.
  const [closed, setClosed] = useState("");
  const trigger = triggerAt(text, caret);
  const word = trigger === null ? "" : `${trigger.kind} ${trigger.start}`;
  const suggestions = useMatches(word === closed ? null : trigger);
  if (trigger === null && closed !== "") setClosed("");
  const typed = `${word} ${trigger?.query ?? ""}`;
  const index = active.at === typed ? Math.min(active.index, suggestions.length - 1) : 0;
  const isOpen = trigger !== null && suggestions.length > 0;

  const choose = (suggestion: Suggestion | undefined) => {
    if (suggestion !== undefined && trigger !== null) onChoose(suggestion, trigger);
  };
  const move = (step: number) => {
    const next = (index + step + suggestions.length) % suggestions.length;
    setActive({ at: typed, index: next });
    document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: "nearest" });
  };

  const close = () => setClosed(word);

  /** Whether the key was meant for the list. */
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (!isOpen || event.nativeEvent.isComposing || event.shiftKey) return false;
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: () => choose(suggestions[index]),
      Tab: () => choose(suggestions[index]),
      Escape: close,
    };
    const act = keys[event.key];
    if (act === undefined) return false;
    event.preventDefault();
    act();
    return true;
  };

  return {
    listId,
    isOpen,
    close,
    kind: trigger?.kind ?? "prompt",
    suggestions,
    index,
    choose,
    onKeyDown,
  };
}

function useMatches(trigger: Trigger | null): Suggestion[] {
  const prompts = useSavedPrompts(trigger?.kind === "prompt");
  const agents = useAgents();
  if (trigger === null) return [];
  const { kind, query } = trigger;
  if (kind === "agent") {
    return matching(agents.data ?? [], query, ({ slug, name }) => [slug, name]).map((agent) => ({
      kind,
      id: agent.id,
      agent,
    }));
  }
  if (prompts.data === undefined) return [];
  const found = matching(prompts.data, query, ({ command, title }) => [command, title]);
  const options: Suggestion[] = found.map((prompt) => ({ kind, id: prompt.id, prompt }));
  return query === "" ? [...options, { kind: "manage", id: "manage" }] : options;
}

/** Those with the words in one of their names; first those whose first name begins with them. */
function matching<T>(all: readonly T[], query: string, names: (one: T) => string[]): T[] {
  const found = all.filter((one) => names(one).some((name) => name.toLowerCase().includes(query)));
  const begins = (one: T) => Number(names(one)[0]?.toLowerCase().startsWith(query) ?? false);
  return found.sort((one, other) => begins(other) - begins(one)).slice(0, MOST_SHOWN);
}
