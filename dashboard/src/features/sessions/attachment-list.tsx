/** Files, by name and size. */
import type { Attachment } from "../../api/types.ts";
import { download, sizeText } from "../../entities/session/attachments.ts";
import { IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useToast } from "../../ui/toast.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import styles from "./attachment-list.module.css";
import type { ChosenFile } from "./use-attachments.ts";
import { conversation } from "../../messages/en/conversation.ts";
import { sessions as t } from "../../messages/en/sessions.ts";

/** The files of a message. Each is saved when it is selected. */
export function AttachmentList({ attachments }: { attachments: Attachment[] }) {
  const { attempt } = useToast();
  if (attachments.length === 0) return null;
  return (
    <ul role="list" className={styles.files} aria-label={conversation.attachments}>
      {attachments.map((attachment) => (
        <li key={attachment.key}>
          <button
            type="button"
            className={styles.file}
            title={conversation.download}
            onClick={() => void attempt(() => download(attachment))}
          >
            <Icon name="clip" size={16} />
            <span className={styles.name}>
              <VisibleText text={attachment.name ?? attachment.key} />
            </span>
            <span className={styles.size}>{sizeText(attachment.size)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The files that will go with the next message. */
export function ChosenFiles({
  files,
  onRemove,
}: {
  files: ChosenFile[];
  onRemove: (id: string) => void;
}) {
  if (files.length === 0) return null;
  return (
    <ul role="list" className={styles.files} aria-label={t.attachTitle}>
      {files.map((file) => (
        <li key={file.id} className={styles.file} data-failed={file.failure !== null || undefined}>
          <Icon name="clip" size={16} />
          <span className={styles.name}>
            <VisibleText text={file.name} />
          </span>
          <span className={styles.size} role="status">
            {file.failure ?? (file.uploaded === null ? t.uploading : sizeText(file.size))}
          </span>
          <IconButton
            small
            icon="close"
            label={t.removeFile(file.name)}
            onClick={() => onRemove(file.id)}
          />
        </li>
      ))}
    </ul>
  );
}
