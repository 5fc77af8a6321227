import type { Rgb } from "./color.ts";
import { fromLab, toLab } from "./color.ts";
import { clamp, mix } from "./exact-math.ts";

export type Blending = "over" | "multiply" | "screen";

/** What a shape is filled with: colours along a line or away from a point, each with its opacity. */
export type Paint = {
  /** Entries of red, green, blue, opacity. */
  ramp: Float32Array;
  /** Where on the ramp a point (x, y) lies: along `direction` from `origin`, or at its distance from it times `direction[0]`. */
  shape: "solid" | "linear" | "radial";
  origin: readonly [number, number];
  direction: readonly [number, number];
  /** How far, as a share of the ramp, a random grain moves each pixel along it: the sprayed look of a risograph. */
  grain: number;
  blending: Blending;
};

export type Finish = { opacity?: number; grain?: number; blending?: Blending };

export const solid = ([r, g, b]: Rgb, { opacity = 1, blending = "over" }: Finish = {}): Paint => ({
  ramp: Float32Array.of(r, g, b, opacity),
  shape: "solid",
  origin: [0, 0],
  direction: [0, 0],
  grain: 0,
  blending,
});

/** A colour with its opacity; a plain colour is opaque. */
export type Stop = Rgb | { color: Rgb; opacity: number };

/** Colours evenly spread from one end to the other, mixed in OKLab; a short way (in picture units) needs few entries. */
function rampOf(stops: readonly Stop[], opacity: number, way: number): Float32Array {
  const rampLength = way > 0.25 ? 256 : way > 0.08 ? 64 : 24;
  const parts = stops.map((stop) =>
    "color" in stop ? { lab: toLab(stop.color), opacity: stop.opacity } : { lab: toLab(stop), opacity: 1 },
  );
  const ramp = new Float32Array(rampLength * 4);
  for (let index = 0; index < rampLength; index += 1) {
    const place = (index / (rampLength - 1)) * (parts.length - 1);
    const before = Math.min(parts.length - 1, Math.floor(place));
    const from = parts[before] as (typeof parts)[number];
    const to = parts[Math.min(parts.length - 1, before + 1)] as (typeof parts)[number];
    const t = place - before;
    const color = fromLab([mix(from.lab[0], to.lab[0], t), mix(from.lab[1], to.lab[1], t), mix(from.lab[2], to.lab[2], t)]);
    ramp.set(color, index * 4);
    ramp[index * 4 + 3] = clamp(mix(from.opacity, to.opacity, t) * opacity);
  }
  return ramp;
}

/** Colours from one point to another, in picture units. */
export function linearGradient(
  stops: readonly Stop[],
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  { opacity = 1, grain = 0, blending = "over" }: Finish = {},
): Paint {
  const squared = Math.max(1e-9, (x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0));
  const direction = [(x1 - x0) / squared, (y1 - y0) / squared] as const;
  return { ramp: rampOf(stops, opacity, Math.sqrt(squared)), shape: "linear", origin: [x0, y0], direction, grain, blending };
}

/** Colours from a centre outward to a radius, in picture units. */
export function radialGradient(
  stops: readonly Stop[],
  origin: readonly [number, number],
  radius: number,
  { opacity = 1, grain = 0, blending = "over" }: Finish = {},
): Paint {
  return { ramp: rampOf(stops, opacity, radius), shape: "radial", origin, direction: [1 / radius, 0], grain, blending };
}
