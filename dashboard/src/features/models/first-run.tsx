import { useState } from "react";
import { useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import { newLocalId } from "../../api/local-id.ts";
import type { ProviderPreset } from "../../api/types.ts";
import { stayOffline } from "../../entities/model/first-run.ts";
import { useCan } from "../../entities/user/auth.ts";
import { Button } from "../../ui/button.tsx";
import { FieldErrors } from "../../ui/field-errors.tsx";
import { ErrorNotice, ErrorText, Loading } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Note } from "../../ui/section.tsx";
import { models as t } from "../../messages/en/models.ts";
import styles from "./models.module.css";
import { NotAllowed } from "./not-allowed.tsx";
import { AccessFields, useAccess } from "./provider-form.tsx";
import { useLocalServers, usePresets, useProviderChanges, useProviders } from "./use-providers.ts";

/** From a gateway without a model to a first answer. */
export function FirstRun() {
  const [preset, setPreset] = useState<ProviderPreset | null>(null);
  const mayManage = useCan("ManageModels");
  return (
    <Page title={t.welcome} slim>
      {!mayManage ? (
        <NotAllowed />
      ) : preset === null ? (
        <Services onPick={setPreset} />
      ) : (
        <Connect preset={preset} onBack={() => setPreset(null)} />
      )}
    </Page>
  );
}

function Services({ onPick }: { onPick: (preset: ProviderPreset) => void }) {
  const presets = usePresets();
  const servers = useLocalServers();
  const [, navigate] = useLocation();
  const found = servers.data ?? [];
  const others = presets.data?.filter(({ id }) => !found.some(({ preset }) => preset.id === id));
  return (
    <>
      <Note>{t.welcomeAbout}</Note>
      <section aria-labelledby="running">
        <h2 id="running">{t.running}</h2>
        {servers.isPending && <Loading lines={1} label={t.looking} />}
        {servers.error && (
          <ErrorNotice error={servers.error} onRetry={() => void servers.refetch()} />
        )}
        {servers.data?.length === 0 && <Note>{t.noneRunning}</Note>}
        <ul role="list" className={styles.services}>
          {found.map(({ preset, models }) => (
            <li key={preset.id}>
              <button type="button" onClick={() => onPick(preset)}>
                <strong>{preset.label}</strong>
                <span>{t.count(models.length)}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="services">
        <h2 id="services">{t.services}</h2>
        {presets.error && (
          <ErrorNotice error={presets.error} onRetry={() => void presets.refetch()} />
        )}
        <ul role="list" className={styles.services}>
          {others?.map((preset) => (
            <li key={preset.id}>
              <button type="button" onClick={() => onPick(preset)}>
                <strong>{preset.label}</strong>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <div className={styles.offline}>
        <Button
          onClick={() => {
            stayOffline();
            navigate("/sessions/new");
          }}
        >
          {t.offline}
        </Button>
        <Note>{t.offlineAbout}</Note>
      </div>
    </>
  );
}

async function sessionWith(model: string): Promise<string> {
  const { id } = await call(api.POST("/api/sessions", { body: { model } }));
  return id;
}

function Connect({ preset, onBack }: { preset: ProviderPreset; onBack: () => void }) {
  const { add } = useProviderChanges();
  const [, navigate] = useLocation();
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const { data: others = [] } = useProviders();
  const given = useAccess(
    { preset: preset.id },
    { baseUrl: preset.baseUrl, apiKey: "", model: "" },
  );

  const start = async () => {
    setBusy(true);
    setFailure(null);
    try {
      // What was wrong may have been put right by another model.
      const isTested = given.test !== null && !given.test.check.problem;
      const tested = isTested ? given.test : await given.run();
      if (tested === null || tested.check.problem) return;
      const { baseUrl, apiKey } = given.access;
      const model = given.access.model.trim() || tested.check.model;
      await add({
        preset: preset.id,
        baseUrl: baseUrl.trim(),
        enabled: true,
        models: [{ id: model, enabled: true }],
        ...(apiKey.trim() !== "" && { apiKey: apiKey.trim() }),
      });
      // Where there is another provider, it would be the one to say hello.
      const session = others.length === 0 ? {} : { sessionId: await sessionWith(model) };
      const { sessionId } = await call(
        api.POST("/api/chat", {
          body: { content: t.hello, localId: newLocalId(), isStreaming: true, ...session },
        }),
      );
      navigate(`/sessions/${sessionId}`);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <section aria-labelledby="connect">
      <h2 id="connect">{t.connect(preset.label)}</h2>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <FieldErrors error={failure}>
          {(rest) => (
            <>
              <AccessFields preset={preset} given={given} />
              {rest !== null && <ErrorText error={rest} />}
            </>
          )}
        </FieldErrors>
        <div className={styles.actions}>
          <Button onClick={onBack}>{t.otherService}</Button>
          <Button type="submit" variant="primary" busy={busy}>
            {t.start}
          </Button>
        </div>
      </form>
    </section>
  );
}
