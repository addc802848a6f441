/** The files that will go with the next message. Each is uploaded as soon as it is chosen. */
import { useEffect, useReducer, useRef } from "react";
import { describe } from "../../api/client.ts";
import { newLocalId } from "../../api/local-id.ts";
import type { Attachment } from "../../api/types.ts";
import { sizeText, upload, useAttachmentLimits } from "../../entities/session/attachments.ts";
import { useToast } from "../../ui/toast.tsx";
import { sessions as t } from "../../messages/en/sessions.ts";

export interface ChosenFile {
  id: string;
  name: string;
  size: number;
  /** Present once it is uploaded. */
  uploaded: Attachment | null;
  /** Why it could not be uploaded. */
  failure: string | null;
}

type Action =
  | { type: "chosen"; files: ChosenFile[] }
  | { type: "uploaded"; id: string; uploaded: Attachment }
  | { type: "failed"; id: string; failure: string }
  | { type: "removed"; id: string }
  | { type: "replaced"; files: ChosenFile[] };

function reduce(files: ChosenFile[], action: Action): ChosenFile[] {
  switch (action.type) {
    case "chosen":
      return [...files, ...action.files];
    case "uploaded":
      return files.map((file) =>
        file.id === action.id ? { ...file, uploaded: action.uploaded } : file,
      );
    case "failed":
      return files.map((file) =>
        file.id === action.id ? { ...file, failure: action.failure } : file,
      );
    case "removed":
      return files.filter((file) => file.id !== action.id);
    case "replaced":
      return action.files;
  }
}

export function useAttachments() {
  const [files, dispatch] = useReducer(reduce, []);
  const uploads = useRef(new Map<string, AbortController>());
  const limits = useAttachmentLimits();
  const { alert } = useToast();

  useEffect(() => {
    const running = uploads.current;
    return () => running.forEach((controller) => controller.abort());
  }, []);

  const start = async (id: string, file: File) => {
    const controller = new AbortController();
    uploads.current.set(id, controller);
    try {
      dispatch({ type: "uploaded", id, uploaded: await upload(file, controller.signal) });
    } catch (error) {
      dispatch({ type: "failed", id, failure: describe(error).message });
    } finally {
      uploads.current.delete(id);
    }
  };

  return {
    files,
    add(list: Iterable<File>) {
      const added = [...list];
      // The gateway has the last word, also as long as its limits are not known here.
      const { fileBytes, filesPerMessage } = limits ?? {
        fileBytes: Infinity,
        filesPerMessage: Infinity,
      };
      if (files.length + added.length > filesPerMessage) {
        alert(t.attachTitle, t.tooManyFiles(filesPerMessage));
        return;
      }
      const chosen = added.map((file) => ({ id: newLocalId(), file }));
      dispatch({
        type: "chosen",
        files: chosen.map(({ id, file: { name, size } }) => {
          const failure = size > fileBytes ? t.fileTooLarge(sizeText(fileBytes)) : null;
          return { id, name, size, uploaded: null, failure };
        }),
      });
      for (const { id, file } of chosen) if (file.size <= fileBytes) void start(id, file);
    },
    remove(id: string) {
      uploads.current.get(id)?.abort();
      dispatch({ type: "removed", id });
    },
    replace(list: ChosenFile[]) {
      dispatch({ type: "replaced", files: list });
    },
  };
}
