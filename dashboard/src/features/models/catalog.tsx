import { useState } from "react";
import type { CatalogModel, ProviderModel } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { SearchBox } from "../../ui/field.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Entries, Note, Section } from "../../ui/section.tsx";
import { common } from "../../messages/en/common.ts";
import { models as t } from "../../messages/en/models.ts";
import { EditModel } from "./edit-model.tsx";
import styles from "./models.module.css";
import { useCatalog, useProviders } from "./use-providers.ts";

const ABILITIES = ["vision", "tools", "reasoning"] as const;

export function Catalog() {
  const catalog = useCatalog();
  const providers = useProviders();
  const [wanted, setWanted] = useState("");
  const [edited, setEdited] = useState<CatalogModel | null>(null);
  const words = wanted.toLowerCase().split(/\s+/);
  const shown = catalog.data?.filter(({ provider, model }) => {
    const text = `${model.id} ${provider}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const provider = providers.data?.find(
    ({ name, source }) => source === "added" && name === edited?.provider,
  );
  const isAdded = (name: string) =>
    providers.data?.some((other) => other.name === name && other.source === "added") === true;

  return (
    <Section title={t.catalog} note={t.catalogAbout}>
      {catalog.error && (
        <ErrorNotice error={catalog.error} onRetry={() => void catalog.refetch()} />
      )}
      {catalog.isPending && <Loading lines={4} label={t.loading} />}
      {shown && (
        <>
          <SearchBox label={t.filter} value={wanted} onText={setWanted} />
          {shown.length === 0 && <Note>{t.noMatch}</Note>}
          <Entries label={t.catalog}>
            {shown.map((entry) => (
              <li key={`${entry.provider}/${entry.model.id}`}>
                <div className={styles.model}>
                  <ModelFacts entry={entry} />
                  {isAdded(entry.provider) && (
                    <Button
                      small
                      aria-label={t.editModel(entry.model.id)}
                      onClick={() => setEdited(entry)}
                    >
                      {common.edit}
                    </Button>
                  )}
                </div>
              </li>
            ))}
          </Entries>
        </>
      )}
      {edited && provider && (
        <EditModel entry={edited} provider={provider} onClose={() => setEdited(null)} />
      )}
    </Section>
  );
}

function ModelFacts({ entry: { provider, configured, model } }: { entry: CatalogModel }) {
  const abilities = ABILITIES.filter((ability) => model[ability] === true);
  const facts = [
    provider,
    !configured && t.onOffer,
    configured && !model.enabled && t.off,
    model.contextTokens != null && `${t.context} ${model.contextTokens.toLocaleString()}`,
    ...abilities.map((ability) => t.can[ability]),
    price(model),
  ];
  return (
    <div className={styles.what}>
      <code>{model.id}</code>
      <p className={styles.facts}>{facts.filter(Boolean).join(common.separator)}</p>
    </div>
  );
}

function price({ inputPrice, outputPrice }: ProviderModel): string | null {
  if (inputPrice == null && outputPrice == null) return null;
  const shown = (value: number | null | undefined) => (value == null ? "?" : `$${value}`);
  return `${shown(inputPrice)} / ${shown(outputPrice)}`;
}
