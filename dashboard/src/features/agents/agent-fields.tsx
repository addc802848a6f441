import type { Agent } from "../../api/types.ts";
import { agents as t } from "../../messages/en/agents.ts";
import { common } from "../../messages/en/common.ts";
import { TextField } from "../../ui/field.tsx";
import { ModelField } from "./model-field.tsx";

export type AgentValues = Pick<Agent, "name" | "description" | "model">;

/** The values as they are stored. */
export function trimmed({ name, description, model }: AgentValues): AgentValues {
  return { name: name.trim(), description: description.trim(), model };
}

interface AgentFieldsProps {
  values: AgentValues;
  autoFocus?: boolean;
  onChange: (values: AgentValues) => void;
}

/** The fields that a new agent and the profile of an agent have in common. */
export function AgentFields({ values, autoFocus = false, onChange }: AgentFieldsProps) {
  const set = (part: Partial<AgentValues>) => onChange({ ...values, ...part });
  return (
    <>
      <TextField
        label={common.name}
        required
        maxLength={100}
        autoFocus={autoFocus}
        value={values.name}
        onText={(name) => set({ name })}
      />
      <TextField
        label={t.description}
        maxLength={500}
        value={values.description}
        onText={(description) => set({ description })}
        hint={t.descriptionHint}
      />
      <ModelField model={values.model} onModel={(model) => set({ model })} />
    </>
  );
}
