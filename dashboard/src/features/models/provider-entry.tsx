import { useState } from "react";
import type { ModelProvider, ProviderTest } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { Menu, type MenuItem } from "../../ui/menu.tsx";
import { Status } from "../../ui/status.tsx";
import { useToast } from "../../ui/toast.tsx";
import { common } from "../../messages/en/common.ts";
import { models as t } from "../../messages/en/models.ts";
import styles from "./models.module.css";
import { TestResult } from "./test-result.tsx";
import { testProvider, useProviderChanges } from "./use-providers.ts";

interface ProviderEntryProps {
  provider: ModelProvider;
  /** Those that were added, in their order. */
  added: ModelProvider[];
  onEdit: () => void;
}

export function ProviderEntry({ provider, added, onEdit }: ProviderEntryProps) {
  const [test, setTest] = useState<ProviderTest | null>(null);
  const [testing, setTesting] = useState(false);
  const [removing, setRemoving] = useState(false);
  const changes = useProviderChanges();
  const { attempt } = useToast();
  const isAdded = provider.source === "added";

  const run = () =>
    attempt(async () => {
      setTesting(true);
      try {
        setTest(await testProvider(provider));
      } finally {
        setTesting(false);
      }
    });
  const place = added.findIndex(({ id }) => id === provider.id);
  const move = (to: number) => {
    const others = added.filter(({ id }) => id !== provider.id);
    void attempt(() => changes.order(others.toSpliced(to, 0, provider)));
  };
  const items: MenuItem[] = [
    { label: common.edit, icon: "pencil", onSelect: onEdit },
    {
      label: provider.enabled ? t.disable : t.enable,
      icon: provider.enabled ? "stop" : "check",
      onSelect: () => void attempt(() => changes.change(provider, { enabled: !provider.enabled })),
    },
  ];
  if (place > 0) items.push({ label: t.moveUp, icon: "send", onSelect: () => move(place - 1) });
  if (place < added.length - 1) {
    items.push({ label: t.moveDown, icon: "down", onSelect: () => move(place + 1) });
  }
  items.push({ label: t.remove, icon: "trash", danger: true, onSelect: () => setRemoving(true) });

  return (
    <div className={styles.provider}>
      <div className={styles.what}>
        <p className={styles.name}>
          <strong>{provider.name}</strong>
          <State provider={provider} />
        </p>
        <Facts provider={provider} />
        {test && <TestResult test={test} />}
      </div>
      <div className={styles.actions}>
        <Button
          small
          busy={testing}
          aria-label={t.testOf(provider.name)}
          onClick={() => void run()}
        >
          {testing ? t.testing : t.test}
        </Button>
        {isAdded && <Menu label={t.actionsOf(provider.name)} items={items} />}
      </div>
      {removing && (
        <ActionDialog
          title={t.removeTitle}
          action={t.remove}
          variant="danger"
          onClose={() => setRemoving(false)}
          onConfirm={() => changes.remove(provider)}
        >
          <p>{t.removeAbout(provider.name)}</p>
        </ActionDialog>
      )}
    </div>
  );
}

function State({ provider }: { provider: ModelProvider }) {
  if (provider.source === "configuration") {
    return <span title={t.configured}>{t.state.configuration}</span>;
  }
  return provider.enabled ? (
    <Status kind="completed" word={t.state.enabled} />
  ) : (
    <Status kind="cancelled" word={t.state.disabled} />
  );
}

function Facts({ provider }: { provider: ModelProvider }) {
  const first = provider.models.find(({ enabled }) => enabled);
  const facts = [
    first && t.defaultIs(first.id),
    provider.models.length > 1 && t.count(provider.models.length),
    provider.baseUrl,
    provider.hasKey === true && t.keyStored,
  ];
  return <p className={styles.facts}>{facts.filter(Boolean).join(common.separator)}</p>;
}
