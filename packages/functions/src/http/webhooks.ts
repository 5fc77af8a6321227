import { takeAgeCheck } from "./me/confirm-age.ts";
import { area } from "./pipeline.ts";
import { takeWebhook } from "./webhooks/take.ts";

export const operations = [takeWebhook, takeAgeCheck];

export const handler = area("webhooks", operations);
