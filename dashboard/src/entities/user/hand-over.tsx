import { SelectField } from "../../ui/field.tsx";
import { inWords, type Belongings } from "./belongings.ts";
import { users as t } from "../../messages/en/users.ts";

interface HandOverProps {
  /** Whose it is. */
  name: string;
  belongings: Belongings;
  /** Those who could own it. */
  heirs: { id: string; name: string; email: string; roleName: string }[];
  heir: string;
  onHeir: (heir: string) => void;
}

/** What a user who goes has, and who gets it. */
export function HandOver({ name, belongings, heirs, heir, onHeir }: HandOverProps) {
  return (
    <>
      <p role="status">{t.hasBelongings(name, inWords(belongings))}</p>
      <SelectField
        field="reassignTo"
        label={t.reassign}
        hint={t.reassignHint}
        required
        value={heir}
        onText={onHeir}
        options={[
          { value: "", label: t.chooseUser },
          ...heirs.map(({ id, name, email, roleName }) => ({
            value: id,
            label: t.heir(name, email, roleName),
          })),
        ]}
      />
    </>
  );
}
