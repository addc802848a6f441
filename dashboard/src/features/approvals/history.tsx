import { useDeferredValue, useState } from "react";
import { Link } from "wouter";
import type { ApprovalRequest } from "../../api/types.ts";
import { SelectField, TextField } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Risk } from "../../ui/risk.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { When } from "../../ui/when.tsx";
import { useAgentName, useAgents } from "../agents/use-agents.ts";
import { Arguments } from "./arguments.tsx";
import styles from "./history.module.css";
import { OUTCOMES, outcomeWords } from "./outcome.ts";
import { ANY, useApprovalHistory, type ApprovalFilter } from "./use-history.ts";

const RISKS = [
  { value: "", label: "Any risk" },
  { value: "low", label: "Low" },
  { value: "medium", label: "Medium" },
  { value: "high", label: "High" },
  { value: "critical", label: "Critical" },
];

export function ApprovalHistory() {
  const [filter, setFilter] = useState(ANY);
  const history = useApprovalHistory(useDeferredValue(filter));
  return (
    <section aria-labelledby="approval-history">
      <h2 id="approval-history">History</h2>
      <Filters filter={filter} onChange={setFilter} />
      {history.error && (
        <ErrorNotice error={history.error} onRetry={() => void history.refetch()} />
      )}
      {history.isPending && <Loading lines={6} label="Loading history" />}
      {history.data?.length === 0 && (
        <Empty title="No approvals here">
          <p>What was approved, rejected or ran out of time is kept here.</p>
        </Empty>
      )}
      {history.data && history.data.length > 0 && (
        <ul role="list" className={styles.rows} aria-label="Answered approvals">
          {history.data.map((approval) => (
            <li key={approval.id}>
              <HistoryRow approval={approval} />
            </li>
          ))}
        </ul>
      )}
      <ShowMore list={history} label="Show older approvals" />
    </section>
  );
}

interface FiltersProps {
  filter: ApprovalFilter;
  onChange: (filter: ApprovalFilter) => void;
}

function Filters({ filter, onChange }: FiltersProps) {
  const agents = useAgents();
  const set = (part: Partial<ApprovalFilter>) => onChange({ ...filter, ...part });
  return (
    <div className={styles.filters}>
      <SelectField
        label="Outcome"
        value={filter.outcome}
        onText={(outcome) => set({ outcome })}
        options={OUTCOMES}
      />
      <SelectField
        label="Risk"
        value={filter.risk}
        onText={(risk) => set({ risk })}
        options={RISKS}
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
      <TextField
        label="Tool"
        placeholder="Its whole name"
        value={filter.tool}
        onText={(tool) => set({ tool })}
      />
      <TextField
        label="Asked since"
        type="date"
        value={filter.from}
        onText={(from) => set({ from })}
      />
    </div>
  );
}

function HistoryRow({ approval }: { approval: ApprovalRequest }) {
  const [open, setOpen] = useState(false);
  const agentName = useAgentName();
  return (
    <details className={styles.row} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <Icon name="chevron" size={14} />
        <span className={styles.what}>
          <code>{approval.toolName}</code>
          <Risk level={approval.riskLevel} />
        </span>
        <span className={styles.agent}>{agentName(approval.agentId)}</span>
        <span className={styles.outcome} data-outcome={approval.status}>
          {OUTCOMES.find(({ value }) => value === approval.status)?.label}
        </span>
        <span className={styles.when}>
          <When at={approval.requestedAt} />
        </span>
      </summary>
      {open && <HistoryDetail approval={approval} />}
    </details>
  );
}

function HistoryDetail({ approval }: { approval: ApprovalRequest }) {
  const { toolName, preview, params, modifiedParams, outcomeDetail, resolvedAt } = approval;
  return (
    <div className={styles.detail}>
      {preview !== null && (
        <p>
          <VisibleText text={preview} />
        </p>
      )}
      <Arguments label={`Arguments for ${toolName}`} params={params} />
      {modifiedParams !== null && (
        <>
          <p>Changed to</p>
          <Arguments label={`Changed arguments for ${toolName}`} params={modifiedParams} />
        </>
      )}
      <p>
        {outcomeWords(approval.status)} {outcomeDetail}
      </p>
      <p className={styles.when}>
        {resolvedAt !== null && (
          <>
            Settled <When at={resolvedAt} long />
            {" · "}
          </>
        )}
        <Link href={`/sessions/${approval.sessionId}`}>Open the session</Link>
      </p>
    </div>
  );
}
