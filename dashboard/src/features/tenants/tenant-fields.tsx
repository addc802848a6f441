import { TextField } from "../../ui/field.tsx";
import { common } from "../../messages/en/common.ts";
import { tenants as t } from "../../messages/en/tenants.ts";

export interface TenantValues {
  name: string;
  slug: string;
  description: string;
}

interface TenantFieldsProps {
  values: TenantValues;
  slugHint: string;
  /** What a slug must look like before it is sent; the gateway looks in any case. */
  slugPattern?: string;
  onChange: (part: Partial<TenantValues>) => void;
}

/** What people call a tenant, what stands in addresses, and what it is for. */
export function TenantFields({ values, slugHint, slugPattern, onChange }: TenantFieldsProps) {
  return (
    <>
      <TextField
        field="name"
        label={common.name}
        required
        maxLength={200}
        value={values.name}
        onText={(name) => onChange({ name })}
      />
      <TextField
        field="slug"
        label={t.slug}
        hint={slugHint}
        required
        maxLength={63}
        pattern={slugPattern}
        value={values.slug}
        onText={(slug) => onChange({ slug })}
      />
      <TextField
        field="description"
        label={t.description}
        maxLength={2000}
        value={values.description}
        onText={(description) => onChange({ description })}
      />
    </>
  );
}
