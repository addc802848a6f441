/** Where an identity provider sends the browser back to. */
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { ApiError } from "../../api/client.ts";
import { credentials } from "../../api/credentials.ts";
import { shell } from "../../messages/en/shell.ts";
import { comeBack, pendingLink, rememberProvider } from "../../entities/user/company-account.ts";
import { ErrorText, Loading } from "../../ui/notice.tsx";
import { useTitle } from "../../ui/title.tsx";
import styles from "./returned-page.module.css";

/** The token to connect an account with, if that is what the sign-in waits for. */
function linkToken(error: unknown): string | null {
  if (!(error instanceof ApiError) || error.code !== "link_required") return null;
  return (error.details as { linkToken?: string } | null)?.linkToken ?? null;
}

export function ReturnedPage({ provider }: { provider: string }) {
  const [, navigate] = useLocation();
  const [search] = useState(() => new URLSearchParams(location.search));
  useTitle(shell.signingIn);
  const { mutate, error } = useMutation({
    mutationFn: () => comeBack(provider, search),
    onSuccess: ({ signedIn, returnTo }) => {
      rememberProvider(provider);
      credentials.write(signedIn);
      navigate(returnTo ?? "/", { replace: true });
    },
    onError: (refused) => {
      const token = linkToken(refused);
      if (token !== null) pendingLink.write({ provider, linkToken: token });
    },
  });
  useEffect(() => {
    // The code is good for nothing by now, and need not stand in the history.
    history.replaceState(null, "", location.pathname);
    mutate();
  }, [mutate]);

  return (
    <main className={styles.page}>
      {error === null ? (
        <Loading lines={1} label={shell.signingIn} />
      ) : (
        <>
          <h1>{linkToken(error) === null ? shell.notSignedIn : shell.connectAccount}</h1>
          <ErrorText error={error} />
          <Link href="/" replace>
            {linkToken(error) === null ? shell.backToSignIn : shell.signInToConnect}
          </Link>
        </>
      )}
    </main>
  );
}
