/** A button for each identity provider. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { goTo } from "../entities/user/company-account.ts";
import { readConfig } from "../entities/start/start.ts";
import { Button } from "../ui/button.tsx";
import { ErrorText } from "../ui/notice.tsx";
import { shell } from "../messages/en/shell.ts";
import styles from "./sign-in.module.css";

export function ProviderButtons() {
  const queries = useQueryClient();
  const config = useQuery({
    queryKey: ["auth", "config"],
    queryFn: () => readConfig(queries),
    staleTime: Infinity,
  });
  const [here] = useLocation();
  const go = useMutation({ mutationFn: (provider: string) => goTo(provider, here) });
  const providers = config.data?.providers ?? [];
  if (providers.length === 0) return null;
  return (
    <div className={styles.providers}>
      <p className={styles.or}>{shell.orSignInWith}</p>
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          busy={go.isPending && go.variables === id}
          onClick={() => {
            go.mutate(id);
          }}
        >
          {shell.signInWith(name)}
        </Button>
      ))}
      {go.error && <ErrorText error={go.error} />}
    </div>
  );
}
