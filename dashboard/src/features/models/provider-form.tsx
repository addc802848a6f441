import { useState } from "react";
import type { ModelProvider, ProviderPreset, ProviderTest } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { FieldErrors } from "../../ui/field-errors.tsx";
import { TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { models as t } from "../../messages/en/models.ts";
import { changedAccess, type Access } from "./access.ts";
import { DefaultModel } from "./default-model.tsx";
import styles from "./models.module.css";
import { TestResult } from "./test-result.tsx";
import { testDraft } from "./use-providers.ts";

interface ProviderAccess {
  access: Access;
  test: ProviderTest | null;
  failure: unknown;
  testing: boolean;
  change: (part: Partial<Access>) => void;
  run: () => Promise<ProviderTest | null>;
}

interface Tested {
  preset: string;
  /** What it is to be called; empty for the name of the service. */
  name?: string;
  /** The provider whose key is used if none is entered. */
  keyOf?: ModelProvider;
}

/** The address, the key and the model of a provider, with the last test of just these. */
export function useAccess({ preset, name = "", keyOf }: Tested, start: Access): ProviderAccess {
  const [access, setAccess] = useState(start);
  const [test, setTest] = useState<ProviderTest | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [testing, setTesting] = useState(false);

  const change = (part: Partial<Access>) => {
    setAccess(changedAccess(access, part, test, start));
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
        ...(name.trim() !== "" && { name: name.trim() }),
        ...(access.baseUrl.trim() !== "" && { baseUrl: access.baseUrl.trim() }),
        ...(access.apiKey.trim() !== "" && { apiKey: access.apiKey.trim() }),
        ...(access.model.trim() !== "" && { model: access.model.trim() }),
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
  const keyHint = preset?.needsKey ? t.keyHint : t.keyOptional;
  return (
    <FieldErrors error={failure}>
      {(rest) => (
        <>
          <TextField
            field="baseUrl"
            label={t.address}
            hint={t.addressHint}
            type="url"
            required
            maxLength={2000}
            value={access.baseUrl}
            onText={(baseUrl) => change({ baseUrl })}
          />
          <TextField
            field="apiKey"
            label={t.key}
            hint={hasKey ? t.keyKept : keyHint}
            type="password"
            autoComplete="off"
            required={preset?.needsKey === true && !hasKey}
            maxLength={4096}
            value={access.apiKey}
            onText={(apiKey) => change({ apiKey })}
          />
          <DefaultModel
            model={access.model}
            listed={test?.models ?? []}
            onModel={(model) => change({ model })}
          />
          <div className={styles.test}>
            <Button icon="again" busy={testing} onClick={() => void run()}>
              {testing ? t.testing : t.test}
            </Button>
            {rest !== null && <ErrorText error={rest} />}
            {test && <TestResult test={test} />}
          </div>
        </>
      )}
    </FieldErrors>
  );
}
