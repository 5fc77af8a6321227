export type { TextDone, TextMessage, TextModel, TextRequest, TextRow } from "./contract.ts";
export { extractive } from "./extractive.ts";
export { geminiText } from "./gemini.ts";
export { textModels } from "./models.ts";
export { type OpenaiLike, openaiLike } from "./openai-like.ts";
