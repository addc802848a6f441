/** Files that go with messages, up and down. */
import { useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { Attachment, AttachmentLimits } from "../../api/types.ts";
import { saveFile } from "../../ui/save-file.ts";

/** How much the user may attach, once it is known. */
export function useAttachmentLimits(): AttachmentLimits | undefined {
  const query = useQuery({
    queryKey: ["attachments", "limits"],
    queryFn: () => call(api.GET("/api/attachments/limits")),
  });
  return query.data;
}

export async function upload(file: File, signal: AbortSignal): Promise<Attachment> {
  const form = new FormData();
  form.append("file", file, file.name);
  return call(
    api.POST("/api/attachments", { body: { file: "" }, bodySerializer: () => form, signal }),
  );
}

/** Fetches a file and has the browser save it. */
export async function download({ key, name }: Attachment): Promise<void> {
  const content = await call(
    api.GET("/api/attachments/{id}", { params: { path: { id: key } }, parseAs: "blob" }),
  );
  saveFile(content, name ?? key);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

/** A size for people: `1.2 MB`. */
export function sizeText(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return (bytes / 1000 ** power).toLocaleString(undefined, {
    style: "unit",
    unit: UNITS[power] ?? "byte",
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power === 0 || bytes / 1000 ** power >= 100 ? 0 : 1,
  });
}
