/** The prompts that the user can use, and the ways to make, change, import and export them. */
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, call } from "../../api/client.ts";
import type { SavedPrompt } from "../../api/types.ts";
import { SAVED_PROMPTS, useSavedPrompts } from "../../entities/saved-prompt/saved-prompts.ts";
import { useCan } from "../../entities/user/auth.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Rich } from "../../ui/rich.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { Entries, Entry, Note, Section } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { EditPrompt, NewPrompt } from "./prompt-dialogs.tsx";
import styles from "./prompts-page.module.css";
import { exported, importPrompts } from "./transfer.ts";
import { common } from "../../messages/en/common.ts";
import { navigation } from "../../messages/en/navigation.ts";
import { savedPrompts as t } from "../../messages/en/saved-prompts.ts";

type Open = { step: "new" } | { step: "edit" | "delete"; prompt: SavedPrompt };

export function PromptsPage() {
  const prompts = useSavedPrompts();
  const [open, setOpen] = useState<Open | null>(null);
  const maySend = useCan("SendMessages");
  const mayShare = useCan("ManagePrompts");
  const close = () => setOpen(null);
  const own = prompts.data?.filter(({ shared }) => !shared) ?? [];
  const shared = prompts.data?.filter((prompt) => prompt.shared) ?? [];

  return (
    <Page title={navigation.prompts} slim>
      <Note>
        <Rich text={t.about} />
      </Note>
      {prompts.error && (
        <ErrorNotice error={prompts.error} onRetry={() => void prompts.refetch()} />
      )}
      <Section
        title={t.own}
        note={t.ownAbout}
        action={
          maySend && (
            <span className={styles.actions}>
              <Transfer own={own} />
              <Button icon="plus" variant="primary" onClick={() => setOpen({ step: "new" })}>
                {t.new}
              </Button>
            </span>
          )
        }
      >
        {prompts.isPending && <Loading lines={3} />}
        {prompts.data && (
          <PromptList label={t.own} prompts={own} editable={maySend} onOpen={setOpen} />
        )}
      </Section>
      <Section title={t.shared} note={t.sharedAbout}>
        {prompts.data && (
          <PromptList label={t.shared} prompts={shared} editable={mayShare} onOpen={setOpen} />
        )}
      </Section>
      {open?.step === "new" && <NewPrompt onClose={close} />}
      {open?.step === "edit" && <EditPrompt id={open.prompt.id} onClose={close} />}
      {open?.step === "delete" && <DeletePrompt prompt={open.prompt} onClose={close} />}
    </Page>
  );
}

interface PromptListProps {
  label: string;
  prompts: SavedPrompt[];
  editable: boolean;
  onOpen: (open: Open) => void;
}

function PromptList({ label, prompts, editable, onOpen }: PromptListProps) {
  if (prompts.length === 0) return <Note>{t.none}</Note>;
  return (
    <Entries label={label}>
      {prompts.map((prompt) => (
        <Entry
          key={prompt.id}
          title={`/${prompt.command}`}
          mark={prompt.title === prompt.command ? undefined : <VisibleText text={prompt.title} />}
          actions={
            editable && (
              <>
                <IconButton
                  icon="pencil"
                  label={t.editOne(prompt.command)}
                  onClick={() => onOpen({ step: "edit", prompt })}
                />
                <IconButton
                  icon="trash"
                  label={t.deleteOne(prompt.command)}
                  onClick={() => onOpen({ step: "delete", prompt })}
                />
              </>
            )
          }
        >
          <p className={styles.content} dir="auto">
            {prompt.content}
          </p>
        </Entry>
      ))}
    </Entries>
  );
}

function Transfer({ own }: { own: SavedPrompt[] }) {
  const picker = useRef<HTMLInputElement>(null);
  const queries = useQueryClient();
  const { notify, attempt } = useToast();
  const [busy, setBusy] = useState(false);

  const load = async (file: File) => {
    setBusy(true);
    await attempt(async () => {
      const { imported, skipped } = await importPrompts(file);
      notify(
        skipped === 0 ? t.imported(imported) : `${t.imported(imported)}. ${t.skipped(skipped)}`,
      );
    });
    // Of an import that failed in the middle, some are there.
    await queries.invalidateQueries({ queryKey: SAVED_PROMPTS });
    setBusy(false);
  };
  return (
    <>
      <input
        ref={picker}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label={t.import}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file !== undefined) void load(file);
          target.value = "";
        }}
      />
      <Button busy={busy} onClick={() => picker.current?.click()}>
        {t.import}
      </Button>
      {own.length > 0 && (
        <Button icon="download" onClick={() => saveFile(exported(own), "prompts.json")}>
          {t.export}
        </Button>
      )}
    </>
  );
}

function DeletePrompt({ prompt, onClose }: { prompt: SavedPrompt; onClose: () => void }) {
  const queries = useQueryClient();
  const remove = async () => {
    await call(api.DELETE("/api/prompts/{id}", { params: { path: { id: prompt.id } } }));
    await queries.invalidateQueries({ queryKey: SAVED_PROMPTS });
  };
  const about = prompt.shared ? t.deleteSharedAbout : t.deleteAbout;
  return (
    <ActionDialog
      title={t.deleteTitle}
      action={common.delete}
      variant="danger"
      onClose={onClose}
      onConfirm={remove}
    >
      <p>{about(prompt.command)}</p>
    </ActionDialog>
  );
}
