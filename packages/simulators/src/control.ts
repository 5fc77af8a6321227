import { type Answer, json } from "./answer.ts";
import type { Provider } from "./contract.ts";
import { isFault, type Order } from "./faults.ts";

type Request = { method: string; path: string; body: Buffer };

/**
 * What a person asks of a running simulator, with no key:
 *
 *     curl $URL/_simulator                                                           what was asked of it, and what it did wrong
 *     curl $URL/_simulator/faults -d '{"fault":"throttle","times":3}'                the next three are throttled
 *     curl $URL/_simulator/faults -d '{"fault":"serverError","chance":0.2,"seed":7}' a fifth fail, until told otherwise
 *     curl $URL/_simulator/faults -X DELETE                                          all goes well again
 *
 * `at` and `match` are as in `Order`. A fault that the provider does not have is a 422 that names those it has.
 */
export function control(
  provider: Pick<Provider, "name" | "faults" | "requests" | "predictions" | "counts" | "order" | "behave">,
  { method, path, body }: Request,
): Answer {
  const state = () => json(200, { name: provider.name, faults: provider.faults, counts: provider.counts() });
  if (method === "GET" && path === "/_simulator")
    return json(200, {
      name: provider.name,
      faults: provider.faults,
      requests: provider.requests().map(({ headers: _, ...request }) => request),
      predictions: provider.predictions(),
      counts: provider.counts(),
    });
  if (path !== "/_simulator/faults") return json(404, { error: "GET /_simulator, POST or DELETE /_simulator/faults" });
  if (method === "DELETE") {
    provider.behave();
    return state();
  }
  if (method !== "POST") return json(405, { error: "POST orders a fault, DELETE takes all orders back" });
  try {
    const { fault, ...order } = JSON.parse(body.toString("utf8")) as Order & { fault?: unknown };
    if (!isFault(fault)) throw new RangeError(`fault is one of ${provider.faults.join(", ")}`);
    provider.order(fault, order);
    return state();
  } catch (error) {
    return json(422, { error: (error as Error).message });
  }
}
