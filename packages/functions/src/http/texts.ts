import { area } from "./pipeline.ts";
import { describeImage } from "./texts/describe-image.ts";
import { listTexts } from "./texts/list.ts";
import { writeText } from "./texts/write.ts";

export const operations = [writeText, listTexts, describeImage];

export const handler = area("texts", operations);
