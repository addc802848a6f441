import { useState } from "react";
import type { ModelProvider, ProviderPreset } from "../../api/types.ts";
import { ActionDialog } from "../../ui/dialog.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { common } from "../../messages/en/common.ts";
import { models as t } from "../../messages/en/models.ts";
import { AccessFields, useAccess } from "./provider-form.tsx";
import { usePresets, useProviderChanges } from "./use-providers.ts";

export function AddProvider({ onClose }: { onClose: () => void }) {
  const { data: presets = [] } = usePresets();
  const [picked, setPicked] = useState<string | null>(null);
  const preset = presets.find(({ id }) => id === picked) ?? presets[0];
  if (preset === undefined) return null;
  return (
    // With another service the fields begin anew.
    <AddService
      key={preset.id}
      presets={presets}
      preset={preset}
      onPreset={setPicked}
      onClose={onClose}
    />
  );
}

interface AddServiceProps {
  presets: ProviderPreset[];
  preset: ProviderPreset;
  onPreset: (id: string) => void;
  onClose: () => void;
}

function AddService({ presets, preset, onPreset, onClose }: AddServiceProps) {
  const { add } = useProviderChanges();
  const [name, setName] = useState("");
  const start = { baseUrl: preset.baseUrl, apiKey: "", model: "" };
  const given = useAccess({ preset: preset.id, name }, start);
  const { baseUrl, apiKey } = given.access;
  const model = given.access.model.trim();
  const save = () =>
    add({
      preset: preset.id,
      baseUrl: baseUrl.trim(),
      enabled: true,
      models: model === "" ? [] : [{ id: model, enabled: true }],
      ...(name.trim() !== "" && { name: name.trim() }),
      ...(apiKey.trim() !== "" && { apiKey: apiKey.trim() }),
    });
  return (
    <ActionDialog title={t.addTitle} action={t.add} onClose={onClose} onConfirm={save}>
      <SelectField
        label={t.service}
        value={preset.id}
        onText={onPreset}
        options={presets.map(({ id, label }) => ({ value: id, label }))}
      />
      <TextField
        field="name"
        label={common.name}
        placeholder={preset.id}
        maxLength={200}
        value={name}
        onText={setName}
      />
      <AccessFields preset={preset} given={given} />
    </ActionDialog>
  );
}

interface EditProviderProps {
  provider: ModelProvider;
  onClose: () => void;
}

/** Changes what is shown here; what was not touched is not sent, so that it is not written over. */
export function EditProvider({ provider, onClose }: EditProviderProps) {
  const { data: presets = [] } = usePresets();
  const { change } = useProviderChanges();
  const [name, setName] = useState(provider.name);
  const before = provider.models.find(({ enabled }) => enabled)?.id ?? "";
  const preset = presets.find(({ id }) => id === provider.preset);
  const start = { baseUrl: provider.baseUrl ?? "", apiKey: "", model: before };
  const given = useAccess({ preset: provider.preset ?? "", keyOf: provider }, start);
  const save = () => {
    const { baseUrl, apiKey } = given.access;
    const model = given.access.model.trim();
    const others = provider.models.filter(({ id }) => id !== model);
    const first = provider.models.find(({ id }) => id === model) ?? { id: model, enabled: true };
    return change(provider, {
      ...(name.trim() !== provider.name && { name: name.trim() }),
      ...(baseUrl.trim() !== start.baseUrl && { baseUrl: baseUrl.trim() }),
      ...(apiKey.trim() !== "" && { apiKey: apiKey.trim() }),
      ...(model !== "" && model !== before && { models: [{ ...first, enabled: true }, ...others] }),
    });
  };
  return (
    <ActionDialog
      title={t.editTitle(provider.name)}
      action={common.save}
      onClose={onClose}
      onConfirm={save}
    >
      <TextField
        field="name"
        label={common.name}
        required
        maxLength={200}
        value={name}
        onText={setName}
      />
      <AccessFields preset={preset} given={given} hasKey={provider.hasKey === true} />
    </ActionDialog>
  );
}
