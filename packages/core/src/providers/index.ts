export { sketchProvider } from "./sketch.ts";
