/**
 * - `bad-request`: the URL or a header cannot be sent as it is
 * - `refused-address`: the host is, or resolves to, an address that is not public
 * - `refused-redirect`: the answer leads to where it must not be followed
 * - `unreachable`: the name is not known, nobody listens, or TLS fails
 * - `timeout`: the deadline has passed
 * - `connection-lost`: the line broke before the answer was whole
 * - `too-large`: the answer is longer than was allowed, as sent or once unpacked
 * - `unreadable`: what came is not HTTP, or is packed in a way that cannot be undone
 */
export type OutsideKind =
  | "bad-request"
  | "refused-address"
  | "refused-redirect"
  | "unreachable"
  | "timeout"
  | "connection-lost"
  | "too-large"
  | "unreadable";

/** Why a call brought no answer. Its message names the origin, and never a path, a header or a body: those may hold secrets. */
export class OutsideError extends Error {
  readonly kind: OutsideKind;
  /** Whether the other side may have received the request. Where it is false, nothing of it has left. */
  readonly sent: boolean;

  constructor(kind: OutsideKind, message: string, sent: boolean) {
    super(message);
    this.name = "OutsideError";
    this.kind = kind;
    this.sent = sent;
  }
}
