import { listBudgets } from "./budgets/list.ts";
import { setBudget } from "./budgets/set.ts";
import { cancelGeneration } from "./generations/cancel.ts";
import { getGeneration } from "./generations/get.ts";
import { listGenerations } from "./generations/list.ts";
import { listModels } from "./generations/list-models.ts";
import { previewGeneration } from "./generations/preview.ts";
import { requestGeneration } from "./generations/request.ts";
import { retryGeneration } from "./generations/retry.ts";
import { getAlerts } from "./metrics/alerts.ts";
import { exportMetrics } from "./metrics/export.ts";
import { getMetrics } from "./metrics/get.ts";
import { area } from "./pipeline.ts";
import { getProviderOrder } from "./providers/get-order.ts";
import { setProviderOrder } from "./providers/set-order.ts";

export const operations = [
  listModels,
  requestGeneration,
  previewGeneration,
  listGenerations,
  getGeneration,
  cancelGeneration,
  retryGeneration,
  getProviderOrder,
  setProviderOrder,
  listBudgets,
  setBudget,
  getMetrics,
  exportMetrics,
  getAlerts,
];

export const handler = area("generations", operations);
