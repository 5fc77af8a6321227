import { CopyObjectCommand, DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { S3RequestPresigner } from "@aws-sdk/s3-request-presigner";
import type { MediaStore } from "./store.ts";

/** How long a link opens a file, and how long an upload may be begun. */
const linkSeconds = 3_600;
/** Links are signed as of the last quarter of an hour: within it the same file has the same link, so browsers keep what they have fetched. */
const signedEverySeconds = 900;
const rememberedLinks = 5_000;
const uploadSeconds = 900;

/**
 * The bucket through S3's SDK client. `signer` makes what leaves this system: the same client in AWS, one that knows the public address elsewhere.
 * `origin` is where links to the bucket lead.
 */
export const s3Media = (client: S3Client, signer: S3Client, Bucket: string, origin: string): MediaStore => ({
  async put(Key, Body, ContentType, { cacheControl, notes } = {}) {
    await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType, CacheControl: cacheControl, Metadata: notes }));
  },
  async get(Key) {
    try {
      const { Body, ContentType = "application/octet-stream", Metadata = {} } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return Body && { bytes: Buffer.from(await Body.transformToByteArray()), contentType: ContentType, notes: Metadata };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  },
  async remove(Key) {
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
  },
  async copy(from, to) {
    await client.send(new CopyObjectCommand({ Bucket, CopySource: `${Bucket}/${encodeURI(from)}`, Key: to }));
  },
  link: linkMaker(signer, origin),
  async uploadForm(Key, contentType, maxBytes) {
    const { url, fields } = await createPresignedPost(signer, {
      Bucket,
      Key,
      Expires: uploadSeconds,
      Fields: { "Content-Type": contentType },
      Conditions: [
        ["content-length-range", 1, maxBytes],
        ["eq", "$Content-Type", contentType],
      ],
    });
    return { url, method: "POST", fields };
  },
});

/** Signs as the SDK's `getSignedUrl` does, without the call's middleware around it, which takes several times as long as the signature. */
function linkMaker(signer: S3Client, origin: string): (path: string) => Promise<string> {
  const { protocol, host, hostname, port, pathname } = new URL(origin);
  const presigner = new S3RequestPresigner({ ...signer.config });
  const links = new Map<string, Promise<string>>();
  let signedAt = 0;

  async function sign(file: string): Promise<string> {
    const path = `${pathname.replace(/\/$/, "")}/${file.split("/").map(encodeURIComponent).join("/")}`;
    const { query = {} } = await presigner.presign(
      { method: "GET", protocol, hostname, ...(port && { port: Number(port) }), path, query: { "x-id": "GetObject" }, headers: { host } },
      { expiresIn: linkSeconds + signedEverySeconds, signingDate: new Date(signedAt) },
    );
    return `${protocol}//${host}${path}?${new URLSearchParams(query as Record<string, string>)}`;
  }

  return (path) => {
    const since = Math.floor(Date.now() / 1000 / signedEverySeconds) * signedEverySeconds * 1000;
    if (since !== signedAt || links.size >= rememberedLinks) links.clear();
    signedAt = since;
    const known = links.get(path);
    if (known) return known;
    const link = sign(path);
    links.set(path, link);
    link.catch(() => links.delete(path));
    return link;
  };
}
