import type { Page } from "../router.ts";
import { openApiText } from "./openapi-document.ts";

/** The OpenAPI document. It is generated from the operations; a check tells when it is behind them. */
export const openApiPage: Page = {
  path: "/v1/openapi.json",
  show: async () => ({
    statusCode: 200,
    headers: { "content-type": "application/json", "cache-control": "public, max-age=300", "access-control-allow-origin": "*" },
    body: openApiText(),
  }),
};
