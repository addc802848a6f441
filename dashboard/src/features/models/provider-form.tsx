import { useState } from "react";
import type { ModelProvider, ProviderPreset, ProviderTest } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { models as t } from "../../messages/en/models.ts";
import styles from "./models.module.css";
import { TestResult } from "./test-result.tsx";
import { testDraft } from "./use-providers.ts";

/** What a person has entered of a provider. */
export interface Access {
  baseUrl: string;
  apiKey: string;
  /** Empty for one that the service lists. */
  model: string;
}

interface ProviderAccess {
  access: Access;
  test: ProviderTest | null;
  failure: unknown;
  testing: boolean;
  change: (part: Partial<Access>) => void;
  run: () => Promise<ProviderTest | null>;
}

/** The address, the key and the model of a provider, with the last test of just these. */
export function useAccess(preset: string, start: Access, keyOf?: ModelProvider): ProviderAccess {
  const [access, setAccess] = useState(start);
  const [test, setTest] = useState<ProviderTest | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [testing, setTesting] = useState(false);

  const change = (part: Partial<Access>) => {
    setAccess({ ...access, ...part });
    setFailure(null);
    // What a service offers does not depend on the model.
    if (part.model === undefined) setTest(null);
  };
  const run = async () => {
    setTesting(true);
    setFailure(null);
    try {
      const tested = await testDraft({
        preset,
        ...(access.baseUrl.trim() !== "" && { baseUrl: access.baseUrl.trim() }),
        ...(access.apiKey.trim() !== "" && { apiKey: access.apiKey.trim() }),
        ...(access.model !== "" && { model: access.model }),
        ...(keyOf && { keyOf: keyOf.id }),
      });
      setTest(tested);
      if (!tested.check.problem) setAccess({ ...access, model: tested.check.model });
      return tested;
    } catch (error) {
      setFailure(error);
      return null;
    } finally {
      setTesting(false);
    }
  };
  return { access, test, failure, testing, change, run };
}

interface AccessFieldsProps {
  preset: ProviderPreset | undefined;
  given: ProviderAccess;
  hasKey?: boolean;
}

/** The fields of a provider's access, a test with a real call, and the model to begin with. */
export function AccessFields({ preset, given, hasKey = false }: AccessFieldsProps) {
  const { access, change, test, failure, testing, run } = given;
  const models = [...new Set([access.model, ...(test?.models ?? [])])].filter((id) => id !== "");
  const keyHint = preset?.needsKey ? t.keyHint : t.keyOptional;
  return (
    <>
      <TextField
        label={t.address}
        hint={t.addressHint}
        type="url"
        required
        maxLength={2000}
        value={access.baseUrl}
        onText={(baseUrl) => change({ baseUrl })}
      />
      <TextField
        label={t.key}
        hint={hasKey ? t.keyKept : keyHint}
        type="password"
        autoComplete="off"
        required={preset?.needsKey === true && !hasKey}
        maxLength={4096}
        value={access.apiKey}
        onText={(apiKey) => change({ apiKey })}
      />
      <SelectField
        label={t.defaultModel}
        value={access.model}
        onText={(model) => change({ model })}
        options={[
          ...(access.model === "" ? [{ value: "", label: t.automatic }] : []),
          ...models.map((id) => ({ value: id, label: id })),
        ]}
      />
      <div className={styles.test}>
        <Button icon="again" busy={testing} onClick={() => void run()}>
          {testing ? t.testing : t.test}
        </Button>
        {failure !== null && <ErrorText error={failure} />}
        {test && <TestResult test={test} />}
      </div>
    </>
  );
}
