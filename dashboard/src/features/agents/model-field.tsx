import { useModels } from "../../entities/model/models.ts";
import { SelectField } from "../../ui/field.tsx";
import { agents as t } from "../../messages/en/agents.ts";

/** The option for the default model of the gateway. */
const DEFAULT = "";

interface ModelFieldProps {
  model: string | null;
  onModel: (model: string | null) => void;
}

export function ModelField({ model, onModel }: ModelFieldProps) {
  const { data: known = [] } = useModels(true);
  const options = [
    { value: DEFAULT, label: t.defaultModel },
    ...known.map(({ id, provider }) => ({ value: id, label: t.modelOf(id, provider) })),
  ];
  if (model !== null && !known.some(({ id }) => id === model)) {
    options.push({ value: model, label: t.unavailableModel(model) });
  }
  return (
    <SelectField
      label={t.model}
      hint={t.modelHint}
      value={model ?? DEFAULT}
      onText={(value) => onModel(value === DEFAULT ? null : value)}
      options={options}
    />
  );
}
