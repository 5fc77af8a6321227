import { clamp, cos, mix, root, sin, turn } from "./exact-math.ts";

/** An sRGB colour, each part encoded in [0, 1]. */
export type Rgb = readonly [number, number, number];
/** OKLab: lightness in [0, 1], then green–red and blue–yellow. @see https://bottosson.github.io/posts/oklab/ */
type Lab = readonly [number, number, number];

export const hex = (code: string): Rgb => {
  const value = Number.parseInt(code.slice(-6), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
};

/** IEC 61966-2-1's transfer function; z^2.4 is z² times the fifth root of z². */
const decode = (x: number): number => {
  if (x <= 0.04045) return x / 12.92;
  const z = (x + 0.055) / 1.055;
  return z * z * root(z * z, 5);
};

/** Its inverse, exact; x^(1/2.4) is the cube root of (x^¼)^5. */
const encodeExactly = (x: number): number => {
  if (x <= 0.0031308) return x * 12.92;
  const y = Math.sqrt(Math.sqrt(x));
  return 1.055 * root(y * y * y * y * y, 3) - 0.055;
};

const encodeSteps = 1024;
/** `encodeExactly` of (step / steps)²: evenly spaced in the square root, so that the dark end is as fine as the light. */
const encoded = Float64Array.from({ length: encodeSteps + 2 }, (_, step) => encodeExactly((step * step) / (encodeSteps * encodeSteps)));

/** Inverse of `decode` for x in [0, 1], to about 1e-5. */
const encode = (x: number): number => {
  const place = Math.sqrt(clamp(x)) * encodeSteps;
  const step = Math.floor(place);
  const from = encoded[step] as number;
  return from + ((encoded[step + 1] as number) - from) * (place - step);
};

/** Palettes are few colours that are mixed thousands of times, and roots are slow. */
const converted = new WeakMap<Rgb, Lab>();

export function toLab(color: Rgb): Lab {
  const known = converted.get(color);
  if (known) return known;
  const lab = convert(color);
  converted.set(color, lab);
  return lab;
}

function convert([r, g, b]: Rgb): Lab {
  const [lr, lg, lb] = [decode(r), decode(g), decode(b)];
  const l = root(0.4122214708 * lr + 0.5363325363 * lg + 0.0514459929 * lb, 3);
  const m = root(0.2119034982 * lr + 0.6806995451 * lg + 0.1073969566 * lb, 3);
  const s = root(0.0883024619 * lr + 0.2817188376 * lg + 0.6299787005 * lb, 3);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function linear([lightness, a, b]: Lab): Rgb {
  const l = lightness + 0.3963377774 * a + 0.2158037573 * b;
  const m = lightness - 0.1055613458 * a - 0.0638541728 * b;
  const s = lightness - 0.0894841775 * a - 1.291485548 * b;
  const [l3, m3, s3] = [l * l * l, m * m * m, s * s * s];
  return [
    4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3,
    -1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3,
    -0.0041960863 * l3 - 0.7034186147 * m3 + 1.707614701 * s3,
  ];
}

const inGamut = (color: Rgb): boolean => color.every((part) => part > -0.0005 && part < 1.0005);

/** The nearest sRGB colour of the same lightness and hue: chroma gives way until it fits. */
export function fromLab([lightness, a, b]: Lab): Rgb {
  const l = clamp(lightness);
  let color = linear([l, a, b]);
  for (let kept = 0.96; !inGamut(color) && kept > 0; kept -= 0.04) color = linear([l, a * kept, b * kept]);
  return [clamp(encode(color[0])), clamp(encode(color[1])), clamp(encode(color[2]))];
}

/** Lightness in [0, 1], chroma up to about 0.3, hue in degrees. */
export const oklch = (lightness: number, chroma: number, hue: number): Rgb => {
  const angle = (hue / 360) * turn;
  return fromLab([lightness, chroma * cos(angle), chroma * sin(angle)]);
};

/** Between two colours as the eye sees it. */
export function blend(from: Rgb, to: Rgb, t: number): Rgb {
  const [a, b] = [toLab(from), toLab(to)];
  return fromLab([mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)]);
}

/** The same colour, lighter (or, below zero, darker), with chroma multiplied and hue turned by degrees. */
export function adjust(color: Rgb, lighter: number, chroma = 1, hue = 0): Rgb {
  const [l, a, b] = toLab(color);
  const [c, s] = [cos((hue / 360) * turn) * chroma, sin((hue / 360) * turn) * chroma];
  return fromLab([clamp(l + lighter, 0.03, 0.99), a * c - b * s, a * s + b * c]);
}

export const lightnessOf = (color: Rgb): number => toLab(color)[0];
