import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import { openDatabase, transaction } from "../database.ts";
import { type Delivery, makeOutbox, outboxSchema } from "../outbox.ts";
import { type JsonAction, jsonService } from "../wire/aws-json.ts";
import type { WireHandler } from "../wire/http.ts";
import type { Credentials } from "../wire/sigv4.ts";
import { matches } from "./pattern.ts";
import { readEntries, readEntry } from "./put-events.ts";
import { type BusEvent, inputOf, type Rule, type RuleDefinition, type RuleTarget, readRule } from "./rules.ts";
import { makeScheduler, schedulerSchema } from "./scheduler.ts";

/** Which delivery was given up, for the attributes of the dead letter. */
export type Abandoned = { ruleArn: string; targetArn: string; attempts: number };

export type EventsOptions = {
  /** SQLite file, or `:memory:`. */
  file: string;
  region: string;
  account: string;
  clock: Clock;
  credentials: Credentials;
  /** Hands an event, or what the target's input makes of it, to a target; at least once, retried until it resolves. */
  deliver(targetArn: string, event: unknown): Promise<void> | void;
  /** Takes an event that a target's retry policy gave up; it is asked again until it succeeds. Without a dead-letter queue, events are dropped, as on AWS. */
  deadLetter?(deadLetterArn: string, event: unknown, error: unknown, about: Abandoned): Promise<void> | void;
};

export type Events = {
  handle: WireHandler;
  close(): void;
  /** The bus `default` is there from the start. */
  defineBus(name: string): void;
  /** Idempotent: a rule replaces the one of its name and bus. Throws for unknown operators, schedules and inputs. */
  defineRule(rule: RuleDefinition): void;
  /** Deliveries that are outstanding. */
  outstanding(): number;
};

/** A delivery's row holds all that it needs: its rule may be another one by the time it is made. */
type Payload = { event: unknown; ruleArn: string; deadLetterArn?: string; retries: number; ageSeconds: number };

const isoSeconds = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

export function createEvents({ file, region, account, clock, credentials, deliver, deadLetter }: EventsOptions): Events {
  const database = openDatabase(file, [outboxSchema + schedulerSchema]);
  const arnPrefix = `arn:aws:events:${region}:${account}`;
  const buses = new Set(["default"]);
  const rules = new Map<string, Rule>();

  const outbox = makeOutbox({
    database,
    clock,
    deliver: ({ target, payload }) => deliver(target, (JSON.parse(payload) as Payload).event),
    async giveUp({ target, payload, attempts, queuedAt }: Delivery, error) {
      const { event, ruleArn, deadLetterArn, retries, ageSeconds } = JSON.parse(payload) as Payload;
      if (attempts <= retries && clock.now() - queuedAt < ageSeconds * 1000) return false;
      if (deadLetterArn !== undefined) await deadLetter?.(deadLetterArn, event, error, { ruleArn, targetArn: target, attempts });
      return true;
    },
  });

  const scheduler = makeScheduler({
    database,
    clock,
    fire(rule, at) {
      const event = envelope({ detailType: "Scheduled Event", source: "aws.events", detail: {}, resources: [rule.arn], at });
      for (const target of rule.targets) queue(rule, target, event);
      outbox.wake();
    },
  });

  type Told = { detailType: string; source: string; detail: Record<string, unknown>; resources: string[]; at: number };
  const envelope = ({ detailType, source, detail, resources, at }: Told): BusEvent => ({
    version: "0",
    id: randomUUID(),
    "detail-type": detailType,
    source,
    account,
    time: isoSeconds(at),
    region,
    resources,
    detail,
  });

  /** To be called in a transaction. */
  function queue(rule: Rule, target: RuleTarget, event: BusEvent): void {
    const { maximumRetryAttempts: retries = 185, maximumEventAgeSeconds: ageSeconds = 86_400 } = target.retry ?? {};
    const { deadLetterArn } = target;
    const payload: Payload = {
      event: inputOf(target, event),
      ruleArn: rule.arn,
      retries,
      ageSeconds,
      ...(deadLetterArn && { deadLetterArn }),
    };
    outbox.add(target.arn, JSON.stringify(payload));
  }

  function route(bus: string, event: BusEvent): void {
    for (const rule of rules.values()) {
      if (rule.bus !== bus || !rule.enabled || !rule.pattern || !matches(rule.pattern, event)) continue;
      for (const target of rule.targets) queue(rule, target, event);
    }
  }

  function busOf(nameOrArn: string): string | undefined {
    const name = nameOrArn.startsWith(`${arnPrefix}:event-bus/`) ? nameOrArn.slice(`${arnPrefix}:event-bus/`.length) : nameOrArn;
    return buses.has(name) ? name : undefined;
  }

  const putEvents: JsonAction = (input) => {
    const results = transaction(database, () =>
      readEntries(input).map((given) => {
        const entry = readEntry(given, busOf);
        if ("ErrorCode" in entry) return entry;
        const event = envelope({ ...entry, at: entry.time ?? clock.now() });
        route(entry.bus, event);
        return { EventId: event.id };
      }),
    );
    outbox.wake();
    return { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results };
  };

  const handle = jsonService({
    target: "AWSEvents",
    version: "1.1",
    signingName: "events",
    region,
    credentials,
    actions: { PutEvents: putEvents },
  });

  return {
    handle,
    close() {
      scheduler.close();
      outbox.close();
      database.close();
    },
    defineBus(name) {
      buses.add(name);
    },
    defineRule(definition) {
      const rule = readRule(definition, arnPrefix);
      if (!buses.has(rule.bus)) throw new Error(`The rule ${rule.name} is for the bus ${rule.bus}, which is not defined.`);
      rules.set(`${rule.bus}/${rule.name}`, rule);
      if (rule.bus === "default") scheduler.define(rule);
    },
    outstanding: outbox.depth,
  };
}
