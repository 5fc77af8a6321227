import type { Window } from "./gate.ts";

/** Counts of one caller's windows, by name: when the running one began (epoch seconds) and how much of it is used. */
export type Counts = Record<string, { start: number; used: number }>;

export type GateRow = {
  counts: Counts;
  tier?: string;
  suspended?: boolean;
  revoked?: ReadonlySet<string>;
  validFrom?: number;
  /** Quotas that an operator gave this caller instead of the usual ones, by window. */
  quotas?: Record<string, number>;
};

export type TakeRequest = { caller: string; windows: readonly Window[]; units: number; at: number; guess: Counts | undefined };

/** Port of the gate's rows. */
export type GateStore = {
  /**
   * Takes `units` from every window at once, or nothing: `taken: false` with the row as it is where a window has too little left.
   * One write if `guess` (the counts as last seen) still tells which windows have rolled over; two if not.
   */
  take(request: TakeRequest): Promise<{ taken: boolean; row: GateRow }>;
  /** Ends the access tokens of one sign-in at once; `at` in epoch seconds. */
  revoke(caller: string, signIn: string, at: number): Promise<void>;
  /** Ends all access tokens issued before `validFrom`, epoch seconds. */
  revokeAll(caller: string, validFrom: number): Promise<void>;
};
