import { Field, SelectField, TextField } from "../../ui/field.tsx";
import { useAgents } from "../agents/use-agents.ts";
import styles from "./discussions.module.css";
import { PERSONA, type SpeakerDraft } from "./speakers.ts";

interface SpeakerFieldProps {
  label: string;
  speaker: SpeakerDraft;
  onChange: (speaker: SpeakerDraft) => void;
}

/** An agent that there is, or somebody made up for this discussion. */
export function SpeakerField({ label, speaker, onChange }: SpeakerFieldProps) {
  const agents = useAgents();
  const set = (part: Partial<SpeakerDraft>) => onChange({ ...speaker, ...part });
  return (
    <div className={styles.speaker}>
      <SelectField
        label={label}
        value={speaker.agentId}
        onText={(agentId) => set({ agentId })}
        options={[
          { value: PERSONA, label: "Somebody made up" },
          ...(agents.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      {speaker.agentId === PERSONA && (
        <>
          <TextField
            label="Name"
            required
            maxLength={100}
            value={speaker.name}
            onText={(name) => set({ name })}
          />
          <Field label="Character">
            {(control) => (
              <textarea
                {...control}
                rows={2}
                required
                placeholder="Who it is, what it knows and what it cares about"
                value={speaker.persona}
                onChange={(event) => set({ persona: event.target.value })}
              />
            )}
          </Field>
        </>
      )}
    </div>
  );
}
