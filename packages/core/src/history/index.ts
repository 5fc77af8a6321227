export { acts, type Happened, type HistoryStore, historyStore } from "./history.ts";
