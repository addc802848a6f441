import { useState } from "react";
import type { CatalogModel, ModelProvider, ProviderModel } from "../../api/types.ts";
import { ActionDialog } from "../../ui/dialog.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { common } from "../../messages/en/common.ts";
import { models as t } from "../../messages/en/models.ts";
import styles from "./models.module.css";
import { useProviderChanges } from "./use-providers.ts";

const ABILITIES = ["vision", "tools", "reasoning"] as const;
const NUMBERS = ["contextTokens", "outputTokens", "inputPrice", "outputPrice"] as const;

interface EditModelProps {
  entry: CatalogModel;
  provider: ModelProvider;
  onClose: () => void;
}

/** What an operator knows of a model. Saving sets it up, if its provider only offers it. */
export function EditModel({ entry, provider, onClose }: EditModelProps) {
  const { change } = useProviderChanges();
  const [model, setModel] = useState<ProviderModel>(entry.model);
  const [isDefault, setDefault] = useState(provider.models[0]?.id === entry.model.id);
  const set = (part: Partial<ProviderModel>) => setModel({ ...model, ...part });

  const save = () => {
    const others = provider.models.filter(({ id }) => id !== model.id);
    const place = provider.models.findIndex(({ id }) => id === model.id);
    const at = isDefault ? 0 : place < 0 ? others.length : Math.max(place, 0);
    return change(provider, { models: others.toSpliced(at, 0, model) });
  };
  return (
    <ActionDialog
      title={t.editModel(model.id)}
      action={common.save}
      onClose={onClose}
      onConfirm={save}
    >
      <Check label={t.available} checked={model.enabled} onCheck={(enabled) => set({ enabled })} />
      <Check label={t.makeDefault} checked={isDefault} onCheck={setDefault} />
      <div className={styles.pairs}>
        {NUMBERS.map((name) => (
          <TextField
            key={name}
            label={t[name]}
            type="number"
            min={name.endsWith("Tokens") ? 1 : 0}
            step={name.endsWith("Tokens") ? 1 : "any"}
            value={model[name] ?? ""}
            onText={(text) => set({ [name]: text === "" ? null : Number(text) })}
          />
        ))}
        {ABILITIES.map((ability) => (
          <SelectField
            key={ability}
            label={t.can[ability]}
            value={word(model[ability])}
            onText={(value) => set({ [ability]: value === "unknown" ? null : value === "yes" })}
            options={(["unknown", "yes", "no"] as const).map((value) => ({
              value,
              label: t.known[value],
            }))}
          />
        ))}
      </div>
    </ActionDialog>
  );
}

function word(known: boolean | null | undefined): "yes" | "no" | "unknown" {
  if (known == null) return "unknown";
  return known ? "yes" : "no";
}

interface CheckProps {
  label: string;
  checked: boolean;
  onCheck: (checked: boolean) => void;
}

function Check({ label, checked, onCheck }: CheckProps) {
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={checked} onChange={({ target }) => onCheck(target.checked)} />
      {label}
    </label>
  );
}
