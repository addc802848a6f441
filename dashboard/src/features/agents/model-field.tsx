import { useModels } from "../../entities/model/use-models.ts";
import { SelectField } from "../../ui/field.tsx";
import { agents as t } from "../../messages/en/agents.ts";

/** The option for the default model of the gateway. */
const DEFAULT = "";

interface ModelFieldProps {
  model: string | null;
  onModel: (model: string | null) => void;
}

export function ModelField({ model, onModel }: ModelFieldProps) {
  const models = useModels();
  const listed = models.data?.items ?? [];
  // Providers may have models of the same name: the first of them is asked.
  const known = listed.filter(
    ({ id }, place) => listed.findIndex((model) => model.id === id) === place,
  );
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
      value={model ?? DEFAULT}
      onText={(value) => onModel(value === DEFAULT ? null : value)}
      options={options}
    />
  );
}
