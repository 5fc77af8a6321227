import type { Provider } from "./contract.ts";

/** How any provider is asked for one piece of paid work, and for what came of it. */
export type Call = {
  work(provider: Provider): Promise<Response>;
  /** Where the result does not come with the answer. Waits until it is there. */
  result?(provider: Provider, answered: unknown): Promise<Response>;
};

export const bearer = ({ key }: Provider) => ({ authorization: `Bearer ${key}` });

/** A POST of JSON, with the provider's bearer key. */
export function post(provider: Provider, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(provider.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...bearer(provider), ...headers },
    body: JSON.stringify(body),
  });
}

/** A GET with the provider's bearer key. */
export function get(provider: Provider, pathOrUrl: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(pathOrUrl.startsWith("http") ? pathOrUrl : provider.url + pathOrUrl, { headers: { ...bearer(provider), ...headers } });
}

export const prompt = "a red fox in the snow";
