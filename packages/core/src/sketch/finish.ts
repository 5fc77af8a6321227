import type { Canvas } from "./canvas.ts";
import { clamp, smoothstep } from "./exact-math.ts";
import { Noise } from "./noise.ts";
import { Random } from "./random.ts";

/**
 * The last pass: paper fibres, a faint vignette, and rounding to bytes. The grain is wider than a byte's step, so it also
 * dithers: gentle gradients show no bands. Smaller pictures get less grain, as their pixels each cover more paper.
 */
export function finish(canvas: Canvas): Uint8Array {
  const { columns, rows, pixels, grain } = canvas;
  const bytes = new Uint8Array(columns * rows * 3);
  const strength = 0.012 + 0.012 * clamp(canvas.scale / 900);
  const fibres = fibreLattice();
  const toFibre = 256 / canvas.scale;
  for (let row = 0; row < rows; row += 1) {
    const v = (row + 0.5) / rows - 0.5;
    const fibreRow = (Math.floor((row + 0.5) * toFibre) & 255) * 256;
    const grainRow = ((row * 7 + 3) & 255) * 256;
    for (let column = 0; column < columns; column += 1) {
      const u = (column + 0.5) / columns - 0.5;
      const corner = (u * u + v * v) * (1 / 0.5);
      const shade = 1 - 0.13 * corner * corner;
      const paper = (fibres[fibreRow + (Math.floor((column + 0.5) * toFibre) & 255)] as number) * 0.011;
      const speck = ((grain[grainRow + ((column + row * 37) & 255)] as number) - 0.5) * strength;
      const index = (row * columns + column) * 3;
      const tone = paper + speck;
      bytes[index] = toByte((pixels[index] as number) * shade + tone);
      bytes[index + 1] = toByte((pixels[index + 1] as number) * shade + tone);
      bytes[index + 2] = toByte((pixels[index + 2] as number) * shade + tone);
    }
  }
  return bytes;
}

const toByte = (value: number): number => (value <= 0 ? 0 : value >= 1 ? 255 : (value * 255 + 0.5) | 0);

let fibresOnce: Float32Array | undefined;

/** The same sheet of paper for all pictures: 256 × 256, of which 256 cells span the short side. */
function fibreLattice(): Float32Array {
  if (fibresOnce !== undefined) return fibresOnce;
  const noise = new Noise(new Random(1));
  const lattice = new Float32Array(256 * 256);
  for (let row = 0; row < 256; row += 1)
    for (let column = 0; column < 256; column += 1)
      lattice[row * 256 + column] = noise.at(column * 0.21, row * 0.47) * smoothstep(-1, 1, noise.at(column / 24, row / 24));
  fibresOnce = lattice;
  return lattice;
}
