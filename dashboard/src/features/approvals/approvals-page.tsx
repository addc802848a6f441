import { useEffect } from "react";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import styles from "./approvals-page.module.css";
import { PromptCard } from "../../entities/prompt/prompt-card.tsx";
import { ApprovalHistory } from "./history.tsx";
import { useInbox } from "../../entities/prompt/inbox-provider.tsx";
import { navigation } from "../../messages/en/navigation.ts";
import { prompts as t } from "../../messages/en/prompts.ts";

export function ApprovalsPage() {
  return (
    <Page title={navigation.approvals}>
      <Waiting />
      <ApprovalHistory />
    </Page>
  );
}

function Waiting() {
  const { prompts, loaded, failure, reload, dispatch } = useInbox();
  useEffect(() => () => dispatch({ type: "cleared" }), [dispatch]);
  return (
    <section aria-labelledby="waiting">
      <h2 id="waiting">{t.waiting}</h2>
      {failure !== null && <ErrorNotice error={failure} onRetry={reload} />}
      {!loaded && failure === null && <Loading lines={4} label={t.loadingWaiting} />}
      {loaded && prompts.length === 0 && (
        <Empty title={t.noneWaitingTitle}>
          <p>{t.noneWaitingAbout}</p>
        </Empty>
      )}
      {prompts.length > 0 && (
        <ul role="list" className={styles.cards}>
          {prompts.map((prompt) => (
            <li key={prompt.request.id}>
              <PromptCard prompt={prompt} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
