import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Node } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import styles from "../../ui/detail.module.css";
import { ErrorText } from "../../ui/notice.tsx";
import { useToast } from "../../ui/toast.tsx";
import { ScopePicker } from "./scope-picker.tsx";
import { useNodeRefresh } from "./use-nodes.ts";

export function NodeScopes({ node }: { node: Node }) {
  const refresh = useNodeRefresh();
  const { say } = useToast();
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
      say("Scopes saved");
    },
  });
  return (
    <div className={styles.form}>
      <p className={styles.note}>
        A command without its scope never reaches the node. What has a high risk needs an approval
        as well when an agent asks for it.
      </p>
      <ScopePicker scopes={scopes} onChange={setScopes} />
      {save.error && <ErrorText error={save.error} />}
      <div className={styles.actions}>
        <Button
          look="primary"
          disabled={!changed}
          busy={save.isPending}
          onClick={() => save.mutate()}
        >
          Save
        </Button>
        {changed && <span className={styles.note}>Not saved yet</span>}
      </div>
    </div>
  );
}
