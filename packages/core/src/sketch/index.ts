export { sketchPng } from "./png.ts";
export { type SketchRequest, type SketchStyle, sketchStyles } from "./request.ts";
export { type Sketch, sketch } from "./sketch.ts";
