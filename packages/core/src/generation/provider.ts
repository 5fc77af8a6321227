/** What a provider is asked for: one image. */
export type DrawRequest = {
  model: string;
  prompt: string;
  negativePrompt?: string;
  style?: string;
  width: number;
  height: number;
  seed: number;
};

/** An image file as the provider made it. */
export type Drawn = {
  bytes: Buffer;
  mimeType: string;
  /** The model's own version, as exact as it is known. */
  modelVersion: string;
  costMicroUsd: number;
};

/** Port of whatever draws. Throws a `Problem` where it can say what is wrong. */
export type ImageProvider = { draw(request: DrawRequest): Promise<Drawn> };
export type Providers = Record<string, ImageProvider>;
