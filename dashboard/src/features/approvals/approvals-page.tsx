import { useEffect } from "react";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import styles from "./approvals-page.module.css";
import { AskCard } from "./ask-card.tsx";
import { ApprovalHistory } from "./history.tsx";
import { useInbox } from "./inbox-provider.tsx";

export function ApprovalsPage() {
  return (
    <Page title="Approvals">
      <Waiting />
      <ApprovalHistory />
    </Page>
  );
}

function Waiting() {
  const { asks, loaded, failure, reload, dispatch } = useInbox();
  useEffect(() => () => dispatch({ type: "tidied" }), [dispatch]);
  return (
    <section aria-labelledby="waiting">
      <h2 id="waiting">Waiting for you</h2>
      {failure !== null && <ErrorNotice error={failure} onRetry={reload} />}
      {!loaded && failure === null && <Loading lines={4} label="Loading what waits" />}
      {loaded && asks.length === 0 && (
        <Empty title="Nothing waits for you">
          <p>
            When an agent wants to do what could do harm, or has a question, it asks here first.
          </p>
        </Empty>
      )}
      {asks.length > 0 && (
        <ul role="list" className={styles.cards}>
          {asks.map((ask) => (
            <li key={ask.asked.id}>
              <AskCard ask={ask} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
