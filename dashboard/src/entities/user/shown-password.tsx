import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import styles from "./shown-password.module.css";
import { common } from "../../messages/en/common.ts";
import { users as t } from "../../messages/en/users.ts";

interface ShownPasswordProps {
  title: string;
  email: string;
  password: string;
  onClose: () => void;
}

/** A generated password, which is shown this once. */
export function ShownPassword({ title, email, password, onClose }: ShownPasswordProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className={styles.sheet}>
        <p>{t.passwordAbout(email)}</p>
        <Copyable text={password} />
        <div className={styles.done}>
          <Button variant="primary" onClick={onClose}>
            {common.done}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
