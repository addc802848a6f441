import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense, useEffect } from "react";
import { Redirect, Route, Switch } from "wouter";
import { ApiError, mayPass } from "./api/client.ts";
import { InboxProvider } from "./features/approvals/inbox-provider.tsx";
import { AuthGate } from "./features/auth/auth.tsx";
import { SessionsPage } from "./features/sessions/sessions-page.tsx";
import { LiveProvider } from "./live/live.tsx";
import { Shell } from "./shell.tsx";
import { later, loadTheRest } from "./ui/later.tsx";
import { Loading } from "./ui/notice.tsx";
import { ToastProvider } from "./ui/toast.tsx";

const AgentsPage = later(
  async () => (await import("./features/agents/agents-page.tsx")).AgentsPage,
);
const ApprovalsPage = later(
  async () => (await import("./features/approvals/approvals-page.tsx")).ApprovalsPage,
);
const DiscussionsPage = later(
  async () => (await import("./features/discussions/discussions-page.tsx")).DiscussionsPage,
);
const NodesPage = later(async () => (await import("./features/nodes/nodes-page.tsx")).NodesPage);
const SettingsPage = later(
  async () => (await import("./features/settings/settings-page.tsx")).SettingsPage,
);
const TasksPage = later(async () => (await import("./features/tasks/tasks-page.tsx")).TasksPage);

/** How long the first page has the line for itself (milliseconds). */
const SETTLED = 1_000;

const RETRIES = 3;

/** Trying again by itself would only make it worse. */
function isRateLimit(error: Error): boolean {
  return error instanceof ApiError && error.status === 429;
}

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => count < RETRIES && mayPass(error) && !isRateLimit(error),
      staleTime: 5_000,
      networkMode: "always",
      // The hubs tell what is new; the gateway counts what is asked.
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    },
    mutations: { networkMode: "always" },
  },
});

export function App() {
  useEffect(() => {
    const timer = setTimeout(() => void loadTheRest(), SETTLED);
    return () => clearTimeout(timer);
  }, []);
  return (
    <QueryClientProvider client={queries}>
      <ToastProvider>
        <AuthGate>
          <LiveProvider>
            <InboxProvider>
              <Shell>
                <Suspense fallback={<Loading />}>
                  <Switch>
                    <Route path="/">{() => <SessionsPage place="list" />}</Route>
                    <Route path="/sessions/new">{() => <SessionsPage place="new" />}</Route>
                    <Route path="/sessions/:id">
                      {({ id }) => <SessionsPage place={{ session: id }} />}
                    </Route>
                    <Route path="/agents">{() => <AgentsPage place="list" />}</Route>
                    <Route path="/agents/new">{() => <AgentsPage place="new" />}</Route>
                    <Route path="/agents/:id">
                      {({ id }) => <AgentsPage place={{ agent: id }} />}
                    </Route>
                    <Route path="/approvals" component={ApprovalsPage} />
                    <Route path="/discussions">{() => <DiscussionsPage place="list" />}</Route>
                    <Route path="/discussions/new">{() => <DiscussionsPage place="new" />}</Route>
                    <Route path="/discussions/:id">
                      {({ id }) => <DiscussionsPage place={{ discussion: id }} />}
                    </Route>
                    <Route path="/discussions/:id/runs/:run">
                      {({ id, run }) => <DiscussionsPage place={{ discussion: id, run }} />}
                    </Route>
                    <Route path="/nodes">{() => <NodesPage place="list" />}</Route>
                    <Route path="/nodes/new">{() => <NodesPage place="new" />}</Route>
                    <Route path="/nodes/:id">
                      {({ id }) => <NodesPage place={{ node: id }} />}
                    </Route>
                    <Route path="/tasks" component={TasksPage} />
                    <Route path="/settings" component={SettingsPage} />
                    <Route>{() => <Redirect to="/" replace />}</Route>
                  </Switch>
                </Suspense>
              </Shell>
            </InboxProvider>
          </LiveProvider>
        </AuthGate>
      </ToastProvider>
    </QueryClientProvider>
  );
}
