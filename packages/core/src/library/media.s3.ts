import { CopyObjectCommand, DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { MediaStore } from "./store.ts";

/** How long a link opens a file, and how long an upload may be begun. */
const linkSeconds = 3_600;
const uploadSeconds = 900;

/**
 * The bucket through S3's SDK client. `signer` makes what leaves this system: the same client in AWS, one that knows the public address elsewhere.
 */
export const s3Media = (client: S3Client, signer: S3Client, Bucket: string): MediaStore => ({
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
  link: (Key) => getSignedUrl(signer, new GetObjectCommand({ Bucket, Key }), { expiresIn: linkSeconds }),
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
