import * as z from "zod";
import type { Failed, SourceFile } from "./contract.ts";
import type { Line } from "./line.ts";

const File = z.looseObject({
  created_at: z.string(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  urls: z.looseObject({ get: z.url() }),
});
const Page = z.looseObject({ next: z.string().nullish(), results: z.array(File) });

const pagesMax = 20;

/** A file that they keep for models to read; which attempt it is for, if one of ours says so. */
export type KeptFile = { url: string; attemptId: string | undefined };

/**
 * Has them keep a picture for a model, and says where. That costs nothing. The file names its attempt: by it the prediction is known that reads the file, and
 * two attempts with one picture are never taken for each other.
 */
export async function keepFile(
  line: Line,
  { bytes, mimeType }: SourceFile,
  attemptId: string,
): Promise<{ kind: "kept"; url: string } | Failed> {
  const form = new FormData();
  form.set("content", new Blob([new Uint8Array(bytes)], { type: mimeType }), "picture");
  form.set("metadata", new Blob([JSON.stringify({ attempt: attemptId })], { type: "application/json" }));
  const packed = new Response(form);
  const kept = await line.send("/v1/files", packed.headers.get("content-type") ?? "", Buffer.from(await packed.arrayBuffer()), File);
  return kept.kind === "failed" ? kept : { kind: "kept", url: kept.value.urls.get };
}

/** The files that they were given since, epoch milliseconds. ⚠ Newest first, as predictions are. */
export async function filesSince(line: Line, since: number): Promise<{ kind: "files"; files: readonly KeptFile[] } | Failed | "too-many"> {
  const files: KeptFile[] = [];
  let path = "/v1/files";
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const page = await line.read(path, Page);
    if (page.kind === "failed") return page;
    const { results, next } = page.value;
    const recent = results.filter(({ created_at: at }) => Date.parse(at) >= since);
    for (const { metadata, urls } of recent)
      files.push({ url: urls.get, attemptId: typeof metadata?.attempt === "string" ? metadata.attempt : undefined });
    const following = next ? URL.parse(next) : null;
    if (!following || recent.length < results.length) return { kind: "files", files };
    if (following.origin !== new URL(line.baseUrl).origin) return "too-many";
    path = following.pathname + following.search;
  }
  return "too-many";
}
