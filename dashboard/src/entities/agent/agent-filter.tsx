import { common } from "../../messages/en/common.ts";
import { SelectField } from "../../ui/field.tsx";
import { useAgentOptions } from "./use-agents.ts";

interface AgentFilterProps {
  /** The id of the agent; empty for any agent. */
  agent: string;
  onAgent: (agent: string) => void;
}

/** Narrows a list to one agent. */
export function AgentFilter({ agent, onAgent }: AgentFilterProps) {
  const options = useAgentOptions();
  return (
    <SelectField
      label={common.agent}
      value={agent}
      onText={onAgent}
      options={[{ value: "", label: common.anyAgent }, ...options]}
    />
  );
}
