/** Sends an answer. The gateway accepts the first answer; a later one fails with the outcome of the first. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../../api/client.ts";
import { useToast } from "../../ui/toast.tsx";
import type { Prompt } from "./inbox.ts";
import { useInbox } from "./inbox-provider.tsx";
import { outcomeText } from "./outcome.ts";
import { prompts as t } from "../../messages/en/prompts.ts";

export function useAnswer() {
  const queries = useQueryClient();
  const { dispatch, reload } = useInbox();
  const { notify } = useToast();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  const answer = async (send: () => Promise<Prompt>) => {
    setBusy(true);
    setFailure(null);
    try {
      dispatch({ type: "updated", prompt: await send() });
    } catch (error) {
      if (error instanceof ApiError && error.code === "already_resolved") {
        notify(t.tooLate(outcomeText(outcomeOf(error))));
        reload();
      } else {
        setFailure(error);
      }
    } finally {
      setBusy(false);
      void queries.invalidateQueries({ queryKey: ["approvals", "history"] });
    }
  };
  return { answer, busy, failure };
}

function outcomeOf({ details }: ApiError): string {
  return (details as { outcome?: string } | null)?.outcome ?? "";
}
