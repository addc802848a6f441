/** The buttons that add files to a message: from the device, and on a phone from its camera. */
import { useRef } from "react";
import { IconButton } from "../../ui/button.tsx";
import styles from "./composer.module.css";
import { sessions as t } from "../../messages/en/sessions.ts";

export function PickFiles({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  const picker = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const take = ({ target }: { target: HTMLInputElement }) => {
    onFiles(target.files ?? []);
    // The same file can be chosen again.
    target.value = "";
  };
  return (
    <>
      <input ref={picker} type="file" multiple hidden onChange={take} />
      <input
        ref={camera}
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        onChange={take}
      />
      <IconButton icon="clip" label={t.attach} onClick={() => picker.current?.click()} />
      <IconButton
        icon="camera"
        label={t.takePhoto}
        className={styles.camera}
        onClick={() => camera.current?.click()}
      />
    </>
  );
}
