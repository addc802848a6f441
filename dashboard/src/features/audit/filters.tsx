import { SearchBox, SelectField, TextField } from "../../ui/field.tsx";
import styles from "./audit.module.css";
import type { AuditFilter } from "./use-audit.ts";
import { audit as t } from "../../messages/en/audit.ts";

const OUTCOMES = ["success", "denied", "failure"] as const;
const ACTORS = ["person", "agent", "node", "system", "nobody"] as const;

interface FiltersProps {
  filter: AuditFilter;
  onChange: (filter: AuditFilter) => void;
}

export function Filters({ filter, onChange }: FiltersProps) {
  const set = (part: Partial<AuditFilter>) => onChange({ ...filter, ...part });
  return (
    <div className={styles.filters}>
      <div className={styles.search}>
        <SearchBox label={t.search} value={filter.search} onText={(search) => set({ search })} />
      </div>
      <SelectField
        label={t.outcomeLabel}
        value={filter.outcome}
        onText={(outcome) => set({ outcome })}
        options={[
          { value: "", label: t.any },
          ...OUTCOMES.map((value) => ({ value, label: t.outcome[value] })),
        ]}
      />
      <SelectField
        label={t.actorLabel}
        value={filter.actor}
        onText={(actor) => set({ actor })}
        options={[
          { value: "", label: t.any },
          ...ACTORS.map((value) => ({ value, label: t.actor[value] })),
        ]}
      />
      <SelectField
        label={t.resourceType}
        value={filter.resourceType}
        onText={(resourceType) => set({ resourceType })}
        options={[
          { value: "", label: t.any },
          ...Object.entries(t.resource).map(([value, label]) => ({ value, label })),
        ]}
      />
      <TextField label={t.from} type="date" value={filter.from} onText={(from) => set({ from })} />
      <TextField
        label={t.until}
        type="date"
        value={filter.until}
        onText={(until) => set({ until })}
      />
    </div>
  );
}
