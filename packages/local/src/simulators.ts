import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A stand-in of something outside, on this machine. `url/_simulator` shows what it was asked, and takes faults to order. */
export type Simulated = { kind: "provider" | "network"; name: string; url: string };

export type Simulators = {
  items: readonly Simulated[];
  /** What functions have to know of them, by the names of their settings. */
  environment: Readonly<Record<string, string>>;
  close(): void;
};

/** Starts the stand-ins of all providers, as one process that ends with this one, however that ends. */
export async function startSimulators(root: string): Promise<Simulators> {
  const child = spawn(process.execPath, [join(root, "packages/simulators/src/main.ts")], { stdio: ["pipe", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The simulators ended with ${code} at their start.`)));
  });
  const { items, environment } = JSON.parse(line) as Pick<Simulators, "items" | "environment">;
  return { items, environment, close: () => child.stdin.end() };
}
