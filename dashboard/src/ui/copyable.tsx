import { CopyButton } from "./copy-button.tsx";
import styles from "./copyable.module.css";

/** A text to be copied, such as a command or a secret, with the button that copies it. */
export function Copyable({ text }: { text: string }) {
  return (
    <div className={styles.copyable}>
      <code>{text}</code>
      <CopyButton text={text} />
    </div>
  );
}
