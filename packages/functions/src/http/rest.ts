import { area } from "./pipeline.ts";
import { docsPage } from "./rest/docs-page.ts";
import { health } from "./rest/health.ts";
import { landingPage } from "./rest/landing-page.ts";
import { openApiPage } from "./rest/openapi-page.ts";
import { problemPage } from "./rest/problem-page.ts";

export const operations = [health];

export const handler = area("rest", operations, [landingPage, openApiPage, docsPage, problemPage]);
