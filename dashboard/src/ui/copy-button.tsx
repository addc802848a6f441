import { useState } from "react";
import { Button, IconButton } from "./button.tsx";
import { useToast } from "./toast.tsx";
import { common } from "../messages/en/common.ts";

const CONFIRMED_FOR = 1_600;

function useCopy(text: string) {
  const [copied, setCopied] = useState(false);
  const { attempt } = useToast();
  const copy = () =>
    attempt(async () => {
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent on plain HTTP
      if (!navigator.clipboard) throw new Error(common.copyNeedsHttps);
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), CONFIRMED_FOR);
    });
  return { copied, copy };
}

export function CopyIcon({ text, label }: { text: string; label: string }) {
  const { copied, copy } = useCopy(text);
  return (
    <IconButton
      small
      icon={copied ? "check" : "copy"}
      label={copied ? common.copied : label}
      onClick={() => void copy()}
    />
  );
}

export function CopyButton({ text }: { text: string }) {
  const { copied, copy } = useCopy(text);
  return (
    <Button icon={copied ? "check" : "copy"} onClick={() => void copy()}>
      {copied ? common.copied : common.copy}
    </Button>
  );
}
