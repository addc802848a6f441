import { useDeferredValue, useState } from "react";
import { useSearchParams } from "wouter";
import { SearchBox, SelectField } from "../../ui/field.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { AgentFilter } from "../../entities/agent/agent-filter.tsx";
import { TaskDrawer } from "./task-drawer.tsx";
import { TaskRows } from "./task-rows.tsx";
import styles from "./tasks-page.module.css";
import { useActiveTasks, useTaskHistory, type HistoryFilter } from "./use-tasks.ts";
import { common } from "../../messages/en/common.ts";
import { navigation } from "../../messages/en/navigation.ts";
import { tasks as t } from "../../messages/en/tasks.ts";

const STATUSES = ["completed", "failed", "cancelled"] as const;

export function TasksPage() {
  const [params, setParams] = useSearchParams();
  const open = params.get("task");
  return (
    <Page title={navigation.tasks}>
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
      <h2 id="active">{t.inProgress}</h2>
      {active.error && <ErrorNotice error={active.error} onRetry={() => void active.refetch()} />}
      {active.isPending && <Loading lines={2} label={t.loading} />}
      {active.data?.length === 0 && <p className={styles.idle}>{t.nothingRunning}</p>}
      {active.data && active.data.length > 0 && <TaskRows tasks={active.data} onOpen={onOpen} />}
    </section>
  );
}

function History({ onOpen }: { onOpen: (id: string) => void }) {
  const [filter, setFilter] = useState<HistoryFilter>({ status: "", agent: "", q: "" });
  const history = useTaskHistory(useDeferredValue(filter));
  const set = (part: Partial<HistoryFilter>) => setFilter({ ...filter, ...part });
  return (
    <section aria-labelledby="history">
      <h2 id="history">{common.history}</h2>
      <div className={styles.filters}>
        <SelectField
          label={t.status}
          value={filter.status}
          onText={(status) => set({ status })}
          options={[
            { value: "", label: t.anyStatus },
            ...STATUSES.map((value) => ({ value, label: common.status[value] })),
          ]}
        />
        <AgentFilter agent={filter.agent} onAgent={(agent) => set({ agent })} />
        <div className={styles.search}>
          <SearchBox label={t.search} value={filter.q} onText={(q) => set({ q })} />
        </div>
      </div>
      {history.error && (
        <ErrorNotice error={history.error} onRetry={() => void history.refetch()} />
      )}
      {history.isPending && <Loading lines={6} label={t.loadingHistory} />}
      {history.data?.length === 0 && (
        <Empty title={t.noneTitle}>
          <p>{t.noneAbout}</p>
        </Empty>
      )}
      {history.data && history.data.length > 0 && <TaskRows tasks={history.data} onOpen={onOpen} />}
      <ShowMore list={history} label={t.older} />
    </section>
  );
}
