/** Answering: the gateway takes the first answer; whoever comes later is told what that was. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../../api/client.ts";
import { useToast } from "../../ui/toast.tsx";
import type { Ask } from "./inbox.ts";
import { useInbox } from "./inbox-provider.tsx";
import { outcomeWords } from "./outcome.ts";

export function useAnswer() {
  const queries = useQueryClient();
  const { dispatch, reload } = useInbox();
  const { say } = useToast();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  const answer = async (send: () => Promise<Ask>) => {
    setBusy(true);
    setFailure(null);
    try {
      dispatch({ type: "told", ask: await send() });
    } catch (error) {
      if (error instanceof ApiError && error.code === "already_resolved") {
        say(`Your answer came too late. ${outcomeWords(outcomeOf(error))}`);
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
