export { type AuditEntry, type AuditStore, auditStore, type Decided, outcomes } from "./audit.ts";
