import type { NodeScope } from "../../api/types.ts";
import { Risk } from "../../ui/risk.tsx";
import styles from "./nodes.module.css";
import { SCOPES, toggledScope, type Scope } from "./scopes.ts";

interface ScopePickerProps {
  scopes: NodeScope[];
  onChange: (scopes: NodeScope[]) => void;
}

/** What a node may be told to do, with the harm that each can do. */
export function ScopePicker({ scopes, onChange }: ScopePickerProps) {
  const unknown = scopes.filter((scope) => !SCOPES.some(({ name }) => name === scope));
  const offered: Scope[] = [
    ...SCOPES,
    ...unknown.map((name): Scope => ({ name, what: "", risk: "critical" })),
  ];
  return (
    <fieldset className={styles.scopes}>
      <legend>Scopes</legend>
      <ul role="list">
        {offered.map(({ name, what, risk }) => (
          <li key={name}>
            <label className={styles.scope}>
              <input
                type="checkbox"
                checked={scopes.includes(name)}
                onChange={() => onChange(toggledScope(scopes, name))}
              />
              <span>
                <code>{name}</code>
                <span className={styles.what}>{what}</span>
              </span>
              <Risk level={risk} />
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
