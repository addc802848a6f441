import { Field, SelectField, TextField } from "../../ui/field.tsx";
import { useAgentOptions } from "../../entities/agent/use-agents.ts";
import styles from "./discussions.module.css";
import { PERSONA, type SpeakerDraft } from "./speakers.ts";
import { common } from "../../messages/en/common.ts";
import { discussions as t } from "../../messages/en/discussions.ts";

interface SpeakerFieldProps {
  label: string;
  speaker: SpeakerDraft;
  onChange: (speaker: SpeakerDraft) => void;
}

/** An existing agent, or a persona for this discussion. */
export function SpeakerField({ label, speaker, onChange }: SpeakerFieldProps) {
  const agents = useAgentOptions();
  const set = (part: Partial<SpeakerDraft>) => onChange({ ...speaker, ...part });
  return (
    <div className={styles.speaker}>
      <SelectField
        label={label}
        value={speaker.agentId}
        onText={(agentId) => set({ agentId })}
        options={[{ value: PERSONA, label: t.customPersona }, ...agents]}
      />
      {speaker.agentId === PERSONA && (
        <>
          <TextField
            label={common.name}
            required
            maxLength={100}
            value={speaker.name}
            onText={(name) => set({ name })}
          />
          <Field label={t.persona}>
            {(control) => (
              <textarea
                {...control}
                rows={2}
                required
                placeholder={t.personaHint}
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
