import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useCan } from "../../entities/user/auth.ts";
import styles from "./audit.module.css";
import { exportEntries, type AuditFilter } from "./use-audit.ts";
import { audit as t } from "../../messages/en/audit.ts";

const FORMATS = ["ndjson", "csv"] as const;

/** Saves what the filters let through, for those who may. */
export function ExportMenu({ filter }: { filter: AuditFilter }) {
  const mayExport = useCan("ExportAudit");
  const [busy, setBusy] = useState<string | null>(null);
  const { attempt } = useToast();
  if (!mayExport) return null;
  const save = async (format: (typeof FORMATS)[number]) => {
    setBusy(format);
    await attempt(() => exportEntries(filter, format));
    setBusy(null);
  };
  return (
    <div className={styles.export}>
      {FORMATS.map((format) => (
        <Button
          key={format}
          small
          icon="download"
          busy={busy === format}
          onClick={() => void save(format)}
        >
          {t.export[format]}
        </Button>
      ))}
    </div>
  );
}
