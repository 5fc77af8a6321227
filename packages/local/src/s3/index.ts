export type { Bucket, LifecycleRule } from "./call.ts";
export type { CorsRule } from "./cors.ts";
export type { NotificationRule, S3Event, S3EventRecord, S3TestEvent } from "./notifications.ts";
export { createS3, type S3, type S3Options } from "./s3.ts";
