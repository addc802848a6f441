import { useState } from "react";
import { SelectField, TextField } from "../../ui/field.tsx";
import { models as t } from "../../messages/en/models.ts";

/** The option to type a name. No model is called so: names have no line breaks. */
const ANOTHER = "\n";

interface DefaultModelProps {
  model: string;
  /** The models that the service lists, once it was tested. Many servers list none. */
  listed: readonly string[];
  onModel: (model: string) => void;
}

/** The model to begin with: chosen from the list of the service, or typed. */
export function DefaultModel({ model, listed, onModel }: DefaultModelProps) {
  const [isTyping, setTyping] = useState(false);
  if (listed.length === 0 || isTyping) {
    return (
      <TextField
        field="models"
        label={t.defaultModel}
        hint={t.modelHint}
        placeholder={t.automatic}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        value={model}
        onText={onModel}
      />
    );
  }
  const options = [...new Set([model, ...listed])].map((id) => ({
    value: id,
    label: id === "" ? t.automatic : id,
  }));
  return (
    <SelectField
      field="models"
      label={t.defaultModel}
      value={model}
      onText={(value) => (value === ANOTHER ? setTyping(true) : onModel(value))}
      options={[...options, { value: ANOTHER, label: t.anotherModel }]}
    />
  );
}
