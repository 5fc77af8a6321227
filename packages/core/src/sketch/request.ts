/** Compositions, each a family of pictures: what the catalogue offers. */
export const sketchStyles = ["landscape", "ridges", "flow", "circles", "tiling", "waves", "skyline", "botanical"] as const;
export type SketchStyle = (typeof sketchStyles)[number];

/** Sides in pixels; the seed is a 32-bit whole number, of which greater ones keep the low 32 bits. */
export type SketchRequest = {
  prompt: string;
  /** Words whose palettes, compositions and elements are left out. */
  negativePrompt?: string;
  /** The composition; the words choose one if it is absent. */
  style?: SketchStyle;
  width: number;
  height: number;
  seed: number;
};
