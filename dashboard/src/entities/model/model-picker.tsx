import type { Model } from "../../api/types.ts";
import { sessions } from "../../messages/en/sessions.ts";
import styles from "./model-picker.module.css";
import { useModels } from "./models.ts";

/** The option for whichever model the agent or the gateway prefers. */
const DEFAULT = "";

interface ModelPickerProps {
  /** The model of the session; null for the default. */
  model: string | null;
  /** The model that the agent prefers. */
  preferred: string | null | undefined;
  onModel: (model: string | null) => void;
}

/** Shows which model answers in a session, and changes it. */
export function ModelPicker({ model, preferred, onModel }: ModelPickerProps) {
  const t = sessions.model;
  const { data: known = [] } = useModels();
  const standard = preferred ?? known[0]?.id;
  return (
    <select
      className={styles.picker}
      aria-label={t.pick}
      value={model ?? DEFAULT}
      onChange={({ target }) => onModel(target.value === DEFAULT ? null : target.value)}
    >
      <option value={DEFAULT}>{standard === undefined ? t.default : t.defaultIs(standard)}</option>
      {known.map(({ id, provider }: Model) => (
        <option key={id} value={id}>
          {t.of(id, provider)}
        </option>
      ))}
      {model !== null && !known.some(({ id }) => id === model) && (
        <option value={model}>{t.unavailable(model)}</option>
      )}
    </select>
  );
}
