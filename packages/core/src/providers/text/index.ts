export type { TextDone, TextMessage, TextModel, TextPicture, TextPiece, TextRequest, TextRow } from "./contract.ts";
export { extractive } from "./extractive.ts";
export { geminiText } from "./gemini.ts";
export { textModels } from "./models.ts";
export { type OpenaiLike, openaiLike } from "./openai-like.ts";
export { makeTextModel } from "./registry.ts";
export {
  isTextProviderName,
  missingTextSettings,
  type TextProviderName,
  textProviderNames,
  textSettingsIn,
  writesForAdults,
} from "./settings.ts";
