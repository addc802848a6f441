/** Fields by which a person proves to be the owner of the account. */
import { useAuth } from "../../entities/user/auth.ts";
import { TextField } from "../../ui/field.tsx";
import { settings } from "../../messages/en/settings.ts";
import { secondFactor as t } from "../../messages/en/second-factor.ts";

interface ProofFieldProps {
  value: string;
  onText: (text: string) => void;
}

export function OwnPassword({ value, onText }: ProofFieldProps) {
  const { user } = useAuth();
  return (
    <>
      {/* Password managers learn by it whose password it is. */}
      <input type="hidden" name="username" autoComplete="username" value={user.email} readOnly />
      <TextField
        field="currentPassword"
        label={settings.currentPassword}
        type="password"
        autoComplete="current-password"
        required
        value={value}
        onText={onText}
      />
    </>
  );
}

interface CodeFieldProps extends ProofFieldProps {
  label?: string;
  hint?: string;
}

export function CodeField({
  label = t.eitherCode,
  hint = t.eitherHint,
  value,
  onText,
}: CodeFieldProps) {
  return (
    <TextField
      field="code"
      label={label}
      hint={hint}
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      required
      value={value}
      onText={onText}
    />
  );
}
