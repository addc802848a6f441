import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Node } from "../../api/types.ts";
import styles from "../../ui/detail.module.css";
import { ErrorText } from "../../ui/notice.tsx";
import { SaveActions } from "../../ui/save-actions.tsx";
import { useToast } from "../../ui/toast.tsx";
import { ScopePicker } from "./scope-picker.tsx";
import { useNodeRefresh } from "./use-nodes.ts";
import { nodes as t } from "../../messages/en/nodes.ts";

export function NodeScopes({ node }: { node: Node }) {
  const refresh = useNodeRefresh();
  const { notify } = useToast();
  const [scopes, setScopes] = useState(node.scopes);
  const changed = [...scopes].sort().join() !== [...node.scopes].sort().join();
  const save = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/nodes/{id}/scopes", {
          params: { path: { id: node.id } },
          body: { scopes },
        }),
      ),
    onSuccess: async () => {
      await refresh();
      notify(t.scopesSaved);
    },
  });
  return (
    <div className={styles.form}>
      <p className={styles.note}>{t.scopesAbout}</p>
      <ScopePicker scopes={scopes} onChange={setScopes} />
      {save.error && <ErrorText error={save.error} />}
      <SaveActions changed={changed} busy={save.isPending} onSave={() => save.mutate()} />
    </div>
  );
}
