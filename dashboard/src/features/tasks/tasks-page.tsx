import { useDeferredValue, useState } from "react";
import { useSearchParams } from "wouter";
import { SearchBox, SelectField } from "../../ui/field.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { useAgents } from "../agents/use-agents.ts";
import { TaskDrawer } from "./task-drawer.tsx";
import { TaskRows } from "./task-rows.tsx";
import styles from "./tasks-page.module.css";
import {
  useActiveTasks,
  useLedgerEvents,
  useTaskHistory,
  type HistoryFilter,
} from "./use-ledger.ts";

const STATUSES = [
  { value: "", label: "Any end" },
  { value: "completed", label: "Done" },
  { value: "failed", label: "Failed" },
  { value: "cancelled", label: "Cancelled" },
];

export function TasksPage() {
  const [params, setParams] = useSearchParams();
  const open = params.get("task");
  useLedgerEvents();
  return (
    <Page title="Tasks">
      <ActiveTasks onOpen={(id) => setParams({ task: id })} />
      <History onOpen={(id) => setParams({ task: id })} />
      {open !== null && <TaskDrawer key={open} id={open} onClose={() => setParams({})} />}
    </Page>
  );
}

function ActiveTasks({ onOpen }: { onOpen: (id: string) => void }) {
  const active = useActiveTasks();
  return (
    <section aria-labelledby="active">
      <h2 id="active">Under way</h2>
      {active.error && <ErrorNotice error={active.error} onRetry={() => void active.refetch()} />}
      {active.isPending && <Loading lines={2} label="Loading tasks" />}
      {active.data?.length === 0 && <p className={styles.idle}>Nothing is running.</p>}
      {active.data && active.data.length > 0 && <TaskRows tasks={active.data} onOpen={onOpen} />}
    </section>
  );
}

function History({ onOpen }: { onOpen: (id: string) => void }) {
  const [filter, setFilter] = useState<HistoryFilter>({ status: "", agent: "", q: "" });
  const history = useTaskHistory(useDeferredValue(filter));
  const agents = useAgents();
  const set = (part: Partial<HistoryFilter>) => setFilter({ ...filter, ...part });
  return (
    <section aria-labelledby="history">
      <h2 id="history">History</h2>
      <div className={styles.filters}>
        <SelectField
          label="Ended as"
          value={filter.status}
          onText={(status) => set({ status })}
          options={STATUSES}
        />
        <SelectField
          label="Agent"
          value={filter.agent}
          onText={(agent) => set({ agent })}
          options={[
            { value: "", label: "Any agent" },
            ...(agents.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        <div className={styles.search}>
          <SearchBox label="Search tasks" value={filter.q} onText={(q) => set({ q })} />
        </div>
      </div>
      {history.error && (
        <ErrorNotice error={history.error} onRetry={() => void history.refetch()} />
      )}
      {history.isPending && <Loading lines={6} label="Loading history" />}
      {history.data?.length === 0 && (
        <Empty title="No tasks here">
          <p>Every answer of an agent is a task. They are listed when they have ended.</p>
        </Empty>
      )}
      {history.data && history.data.length > 0 && <TaskRows tasks={history.data} onOpen={onOpen} />}
      <ShowMore list={history} label="Show older tasks" />
    </section>
  );
}
