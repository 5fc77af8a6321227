import { nameIn } from "../template/names.ts";
import type { ApiProperties, Entry, IntegrationProperties, RouteProperties } from "../template/read.ts";

export type Route = { key: string; method: string; segments: string[] | undefined; functionName: string };
export type Match = { route: Route; parameters: Record<string, string> };

/** Routes of the template with the function behind each. */
export function routesOf(routes: Entry<RouteProperties>[], integrations: Entry<IntegrationProperties>[]): Route[] {
  return routes.map(({ id, properties: { RouteKey, Target, AuthorizationType } }) => {
    const integration = integrations.find((candidate) => Target === `integrations/${candidate.id}`)?.properties;
    if (!integration) throw new Error(`The route ${id} leads to an integration that is not in the template.`);
    const { IntegrationType, IntegrationUri, PayloadFormatVersion } = integration;
    if (IntegrationType !== "AWS_PROXY" || PayloadFormatVersion !== "2.0" || AuthorizationType !== "NONE")
      throw new Error(`The embedded gateway knows only Lambda integrations with payload 2.0 and no authoriser; ${id} is another.`);
    const [method = "", path] = RouteKey.split(" ");
    return { key: RouteKey, method, segments: path?.split("/").slice(1), functionName: nameIn(IntegrationUri) };
  });
}

/** HTTP API's order: the most exact path wins, a named segment comes before a greedy one, a method before ANY, `$default` last. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Match | undefined {
  const parts = path.split("/").slice(1);
  let best: (Match & { rank: string }) | undefined;
  for (const route of routes) {
    if (route.segments === undefined) continue;
    if (route.method !== "ANY" && route.method !== method) continue;
    const parameters = matchSegments(route.segments, parts);
    if (!parameters) continue;
    const rank = route.segments.map(rankOf).join("") + (route.method === "ANY" ? "1" : "0");
    if (!best || rank < best.rank) best = { route, parameters, rank };
  }
  if (best) return { route: best.route, parameters: best.parameters };
  const fallback = routes.find((route) => route.key === "$default");
  return fallback && { route: fallback, parameters: {} };
}

const rankOf = (segment: string): string => (segment.endsWith("+}") ? "2" : segment.startsWith("{") ? "1" : "0");

function matchSegments(segments: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    if (segment.endsWith("+}")) {
      const rest = parts.slice(index).join("/");
      if (rest === "") return undefined;
      parameters[segment.slice(1, -2)] = rest;
      return parameters;
    }
    const part = parts[index];
    if (part === undefined || part === "") return undefined;
    if (segment.startsWith("{")) parameters[segment.slice(1, -1)] = decode(part);
    else if (segment !== part) return undefined;
  }
  return segments.length === parts.length ? parameters : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export type Cors = NonNullable<ApiProperties["CorsConfiguration"]>;
