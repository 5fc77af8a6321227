import { area } from "./pipeline.ts";
import { takeWebhook } from "./webhooks/take.ts";

export const operations = [takeWebhook];

export const handler = area("webhooks", operations);
