import type { NodeScope } from "../../api/types.ts";
import { RiskOption } from "../../ui/risk-option.tsx";
import styles from "./nodes.module.css";
import { SCOPES, scopeText, toggledScope, type Scope } from "./scopes.ts";
import { nodes as t } from "../../messages/en/nodes.ts";

interface ScopePickerProps {
  scopes: NodeScope[];
  onChange: (scopes: NodeScope[]) => void;
}

/** The scopes of a node, with the risk of each. */
export function ScopePicker({ scopes, onChange }: ScopePickerProps) {
  const unknown = scopes.filter((scope) => !SCOPES.some(({ name }) => name === scope));
  const offered: Scope[] = [
    ...SCOPES,
    ...unknown.map((name): Scope => ({ name, risk: "critical" })),
  ];
  return (
    <fieldset className={styles.scopes}>
      <legend>{t.scopes}</legend>
      <ul role="list">
        {offered.map(({ name, risk }) => (
          <li key={name}>
            <RiskOption
              name={name}
              about={scopeText(name)}
              risk={risk}
              checked={scopes.includes(name)}
              onToggle={() => onChange(toggledScope(scopes, name))}
            />
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
