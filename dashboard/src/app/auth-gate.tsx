/** Shows the dashboard to signed-in users, and the sign-in form to everybody else. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore, type ReactNode } from "react";
import { ApiError, api, call } from "../api/client.ts";
import { credentials } from "../api/credentials.ts";
import { tenant } from "../api/tenant.ts";
import { readConfig, readStart } from "../entities/start/start.ts";
import { AuthContext } from "../entities/user/auth.ts";
import { providerSignOut } from "../entities/user/company-account.ts";
import { clearDrafts } from "../ui/drafts.ts";
import { shell } from "../messages/en/shell.ts";
import { Button } from "../ui/button.tsx";
import { Empty, ErrorNotice, Loading } from "../ui/notice.tsx";
import { forgetOffline } from "./offline.ts";
import { SignIn } from "./sign-in.tsx";

async function signOut() {
  await call(api.POST("/api/auth/logout")).catch(() => undefined);
  clearDrafts();
  tenant.choose(null);
  credentials.write(null);
  const elsewhere = await providerSignOut();
  if (elsewhere !== null) location.assign(elsewhere);
}

export function AuthGate({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const config = useQuery({
    queryKey: ["auth", "config"],
    queryFn: () => readConfig(queries),
    staleTime: Infinity,
  });
  const held = useSyncExternalStore(credentials.subscribe, credentials.snapshot);

  const isSignedOut = config.data !== undefined && !config.data.autoAdmin && held === null;
  useEffect(() => {
    if (isSignedOut) void forgetOffline();
  }, [isSignedOut]);

  if (config.error) {
    return <ErrorNotice error={config.error} onRetry={() => void config.refetch()} />;
  }
  if (config.data === undefined) return <Loading />;
  if (isSignedOut) return <SignIn />;
  return <SignedIn autoAdmin={config.data.autoAdmin}>{children}</SignedIn>;
}

function SignedIn({ autoAdmin, children }: { autoAdmin: boolean; children: ReactNode }) {
  const queries = useQueryClient();
  const me = useQuery({
    queryKey: ["auth", "me"],
    queryFn: async () => (await readStart(queries)).me,
  });

  // Nothing that one user saw stays in the cache for the next user.
  useEffect(() => {
    if (autoAdmin) credentials.write(null);
    return () => queries.removeQueries({ predicate: (query) => query.queryKey[1] !== "config" });
  }, [autoAdmin, queries]);

  if (me.error instanceof ApiError && me.error.status === 403 && tenant.read() !== null) {
    return <TenantLeft message={me.error.message} />;
  }
  if (me.error) return <ErrorNotice error={me.error} onRetry={() => void me.refetch()} />;
  if (me.data === undefined) return <Loading />;
  return (
    <AuthContext value={{ user: me.data, signOut: autoAdmin ? null : signOut }}>
      {children}
    </AuthContext>
  );
}

/** The tenant that was chosen in this tab is none of the user's any more, or is not in use. */
function TenantLeft({ message }: { message: string }) {
  useEffect(() => void forgetOffline(), []);
  return (
    <Empty title={shell.tenantLeft}>
      <p>{message}</p>
      <Button variant="primary" onClick={() => tenant.enter(null)}>
        {shell.goHome}
      </Button>
    </Empty>
  );
}
