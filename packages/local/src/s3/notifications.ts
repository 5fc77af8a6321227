import type { DatabaseSync } from "node:sqlite";
import type { Outbox } from "../outbox.ts";

/** One rule of a bucket: which events of which keys go to which target (an ARN). */
export type NotificationRule = { id: string; events: string[]; prefix?: string; suffix?: string; target: string };

/** What happened, without `s3:`; the rules' `events` have it, and may end in `*`. */
export type EventName =
  | "ObjectCreated:Put"
  | "ObjectCreated:Post"
  | "ObjectCreated:Copy"
  | "ObjectCreated:CompleteMultipartUpload"
  | "ObjectRemoved:Delete"
  | "LifecycleExpiration:Delete";

export type S3EventRecord = {
  eventVersion: "2.1";
  eventSource: "aws:s3";
  awsRegion: string;
  eventTime: string;
  eventName: EventName;
  userIdentity: { principalId: string };
  requestParameters: { sourceIPAddress: string };
  responseElements: Record<string, string>;
  s3: {
    s3SchemaVersion: "1.0";
    configurationId: string;
    bucket: { name: string; ownerIdentity: { principalId: string }; arn: string };
    /** `key` is URL-encoded with `+` for space; `sequencer` grows with each event of a key, compared as text of one length. */
    object: { key: string; size?: number; eTag?: string; sequencer: string };
  };
};

/** A target gets the test event once, when it is first configured, as on AWS (contracts.md §3.8): it has no Records. */
export type S3TestEvent = { Service: "Amazon S3"; Event: "s3:TestEvent"; Time: string; Bucket: string; RequestId: string; HostId: string };
export type S3Event = { Records: S3EventRecord[] } | S3TestEvent;

export type Happening = { bucket: string; key: string; name: EventName; at: number; size?: number; etag?: string };

const sequencerDigits = 16;

/** Whether a rule's event name, e.g. `s3:ObjectCreated:*`, covers an event. */
const covers = (rule: string, name: EventName): boolean => {
  const wanted = rule.replace(/^s3:/, "");
  return wanted.endsWith("*") ? name.startsWith(wanted.slice(0, -1)) : wanted === name;
};

const applies = ({ events, prefix = "", suffix = "" }: NotificationRule, { key, name }: Happening): boolean =>
  events.some((event) => covers(event, name)) && key.startsWith(prefix) && key.endsWith(suffix);

/** The key as S3's events have it. */
export const encodeKey = (key: string): string =>
  encodeURIComponent(key)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, "+")
    .replace(/%2F/g, "/");

/** Writes notifications to the outbox; to be called inside the transaction that changes the object. */
export function makeNotifications({ database, outbox, region }: { database: DatabaseSync; outbox: Outbox; region: string }) {
  const introduce = database.prepare("INSERT OR IGNORE INTO notified_targets VALUES (?, ?)");

  return {
    record(rules: NotificationRule[], happening: Happening): void {
      const { bucket, key, name, at, size, etag } = happening;
      for (const rule of rules.filter((candidate) => applies(candidate, happening))) {
        const record: S3EventRecord = {
          eventVersion: "2.1",
          eventSource: "aws:s3",
          awsRegion: region,
          eventTime: new Date(at).toISOString(),
          eventName: name,
          userIdentity: { principalId: "AWS:LOCAL" },
          requestParameters: { sourceIPAddress: "127.0.0.1" },
          responseElements: {},
          s3: {
            s3SchemaVersion: "1.0",
            configurationId: rule.id,
            bucket: { name: bucket, ownerIdentity: { principalId: "LOCAL" }, arn: `arn:aws:s3:::${bucket}` },
            object: {
              key: encodeKey(key),
              ...(size !== undefined && { size }),
              ...(etag !== undefined && { eTag: etag }),
              sequencer: "",
            },
          },
        };
        outbox.add(rule.target, JSON.stringify({ Records: [record] }));
      }
    },

    /** Sends the test event to targets that the bucket has not had before. */
    introduce(bucket: string, rules: NotificationRule[], at: number): void {
      for (const target of new Set(rules.map((rule) => rule.target))) {
        if (introduce.run(bucket, target).changes === 0) continue;
        const event: S3TestEvent = {
          Service: "Amazon S3",
          Event: "s3:TestEvent",
          Time: new Date(at).toISOString(),
          Bucket: bucket,
          RequestId: "LOCAL",
          HostId: "LOCAL",
        };
        outbox.add(target, JSON.stringify(event));
      }
    },
  };
}

/** The event of an outbox row. The row's id only ever grows, so it is the sequencer. */
export function toEvent({ id, payload }: { id: number; payload: string }): S3Event {
  const event = JSON.parse(payload) as S3Event;
  if ("Records" in event)
    for (const record of event.Records) record.s3.object.sequencer = id.toString(16).toUpperCase().padStart(sequencerDigits, "0");
  return event;
}
