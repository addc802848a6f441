/** What becomes of a suggestion that was chosen: a prompt is put into the text, an agent is asked for the answer. */
import { useState } from "react";
import { useLocation } from "wouter";
import type { Agent, SavedPrompt } from "../../api/types.ts";
import { builtIn, fill } from "../../entities/saved-prompt/fill.ts";
import { useAuth } from "../../entities/user/auth.ts";
import { FillPrompt } from "./fill-prompt.tsx";
import type { Trigger } from "./trigger.ts";
import { useSuggestions, type Suggestion } from "./use-suggestions.ts";

interface Choosing {
  text: string;
  caret: number;
  insert: (inserted: string, trigger: Trigger) => void;
  onAgent: (agent: Agent) => void;
}

export function useChoices({ text, caret, insert, onAgent }: Choosing) {
  const { user } = useAuth();
  const [, navigate] = useLocation();
  const [filling, setFilling] = useState<{ prompt: SavedPrompt; trigger: Trigger } | null>(null);

  const put = (prompt: SavedPrompt, values: Record<string, string>, trigger: Trigger) =>
    insert(fill(prompt.content, { ...builtIn(user.name, new Date()), ...values }), trigger);

  const onChoose = (suggestion: Suggestion, trigger: Trigger) => {
    switch (suggestion.kind) {
      case "prompt":
        if (suggestion.prompt.variables.length === 0) put(suggestion.prompt, {}, trigger);
        else setFilling({ prompt: suggestion.prompt, trigger });
        break;
      case "agent":
        insert("", trigger);
        onAgent(suggestion.agent);
        break;
      case "manage":
        insert("", trigger);
        navigate("/prompts");
        break;
    }
  };
  const suggested = useSuggestions(text, caret, onChoose);

  const dialog = filling && (
    <FillPrompt
      prompt={filling.prompt}
      onClose={() => setFilling(null)}
      onFill={(values) => put(filling.prompt, values, filling.trigger)}
    />
  );
  return { suggested, dialog };
}
