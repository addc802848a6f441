/** Shows the dashboard to signed-in users, and the sign-in form to everybody else. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore, type ReactNode } from "react";
import { api, call } from "../api/client.ts";
import { credentials } from "../api/credentials.ts";
import { readConfig, readStart } from "../entities/start/start.ts";
import { AuthContext } from "../entities/user/auth.ts";
import { clearDrafts } from "../ui/drafts.ts";
import { ErrorNotice, Loading } from "../ui/notice.tsx";
import { forgetOffline } from "./offline.ts";
import { SignIn } from "./sign-in.tsx";

async function signOut() {
  await call(api.POST("/api/auth/logout")).catch(() => undefined);
  clearDrafts();
  credentials.write(null);
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

  if (me.error) return <ErrorNotice error={me.error} onRetry={() => void me.refetch()} />;
  if (me.data === undefined) return <Loading />;
  return (
    <AuthContext value={{ user: me.data, signOut: autoAdmin ? null : signOut }}>
      {children}
    </AuthContext>
  );
}
