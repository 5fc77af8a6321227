export {
  type ImageModel,
  type ModelOverride,
  overridden,
  type Parameters,
  type Quality,
  qualities,
  type Range,
  type Sizes,
  type Style,
} from "./catalogue.ts";
export type {
  Accepted,
  Alteration,
  Attempt,
  Done,
  EditAttempt,
  Editor,
  Failed,
  Failure,
  FailureClass,
  Fetched,
  Found,
  Means,
  Output,
  Patience,
  Picture,
  Polled,
  Provider,
  Running,
  Settings,
  SourceFile,
  Submitted,
  Unanswered,
} from "./contract.ts";
export { type EditModel, type EditOperation, type Factor, factors, unfit } from "./edit-catalogue.ts";
export { limitsFrom, type ProviderLimits } from "./limits.ts";
export { fileBytesMax } from "./line.ts";
export { editModels, imageModels } from "./models/index.ts";
export { makeProvider } from "./registry.ts";
export { drawsForAdults, isProviderName, missingSettings, type ProviderName, providerNames, settingNames } from "./settings.ts";
export {
  extractive,
  geminiText,
  isTextProviderName,
  makeTextModel,
  missingTextSettings,
  type OpenaiLike,
  openaiLike,
  type TextDone,
  type TextMessage,
  type TextModel,
  type TextPicture,
  type TextPiece,
  type TextProviderName,
  type TextRequest,
  type TextRow,
  textModels,
  textProviderNames,
  textSettingsIn,
  writesForAdults,
} from "./text/index.ts";
export { readWebhook, sendsWebhooks, type Told } from "./webhooks.ts";
