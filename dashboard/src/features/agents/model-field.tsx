import { useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import { SelectField } from "../../ui/field.tsx";

/** The value that stands for "the gateway's default model". */
const DEFAULT = "";

interface ModelFieldProps {
  model: string | null;
  onModel: (model: string | null) => void;
}

export function ModelField({ model, onModel }: ModelFieldProps) {
  const models = useQuery({
    queryKey: ["models"],
    queryFn: () => call(api.GET("/api/models")),
    staleTime: 60_000,
  });
  const known = models.data?.items ?? [];
  const options = [
    { value: DEFAULT, label: "The gateway’s default" },
    ...known.map(({ id, provider }) => ({ value: id, label: `${id} (${provider})` })),
  ];
  if (model !== null && !known.some(({ id }) => id === model)) {
    options.push({ value: model, label: `${model} (not offered now)` });
  }
  return (
    <SelectField
      label="Model"
      value={model ?? DEFAULT}
      onText={(value) => onModel(value === DEFAULT ? null : value)}
      options={options}
    />
  );
}
