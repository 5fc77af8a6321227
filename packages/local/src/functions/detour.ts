import type { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { Socket } from "node:net";
import { callerHeader } from "./messages.ts";

const loopback = new Set(["127.0.0.1", "localhost"]);

/**
 * Leads this process's connections to certain loopback ports to others, and has every request over them say who makes it. The request itself
 * still names the host that it was signed for. Only for a process that faults were ordered for.
 */
export function takeDetours(detours: Readonly<Record<string, number>>, caller: AsyncLocalStorage<string>): void {
  const led = (host: unknown, port: unknown): number | undefined => (loopback.has(String(host)) ? detours[String(port)] : undefined);

  // Both node:http and undici end here, whatever agents and clients stand in between.
  const connect = Socket.prototype.connect as (this: Socket, ...args: unknown[]) => Socket;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    // node:net hands on an array of options and callback.
    const [options, callback] = (Array.isArray(args[0]) ? args[0] : args) as [Record<string, unknown>, unknown];
    const port = typeof options === "object" && options !== null ? led(options.host ?? "localhost", options.port) : undefined;
    return port === undefined ? connect.apply(this, args) : connect.call(this, { ...options, port }, callback);
  } as typeof Socket.prototype.connect;

  const named = () => `${process.pid}/${caller.getStore() ?? ""}`;
  subscribe("http.client.request.created", (message) => {
    const { request } = message as { request: ClientRequest };
    const [host, port] = String(request.getHeader("host") ?? "").split(":");
    if (led(host, port) !== undefined) request.setHeader(callerHeader, named());
  });
  subscribe("undici:request:create", (message) => {
    const { request } = message as { request: { origin: string | URL; addHeader(name: string, value: string): void } };
    const { hostname, port } = new URL(request.origin);
    if (led(hostname, port) !== undefined) request.addHeader(callerHeader, named());
  });
}
