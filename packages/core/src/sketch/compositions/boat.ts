import { adjust, blend } from "../color.ts";
import { mix } from "../exact-math.ts";
import { linearGradient, solid } from "../paint.ts";
import { Path, stroke } from "../path.ts";
import type { Scene } from "../scene.ts";

/** A small sailing boat on the water at (x, y), larger the farther it is below the horizon. */
export function drawBoat({ canvas, palette, random, height }: Scene, x: number, y: number, horizon: number): void {
  const size = mix(0.035, 0.13, (y - horizon) / (height - horizon)) * random.between(0.85, 1.15);
  const hull = palette.dark ? palette.near : adjust(palette.near, -0.04);
  const sail = palette.dark ? blend(palette.light, palette.sky[1], 0.35) : blend(palette.paper, palette.light, 0.5);
  const body = new Path().move(x - size * 0.5, y - size * 0.1).line(x + size * 0.55, y - size * 0.1);
  canvas.fill(
    body.quadratic(x + size * 0.4, y + size * 0.08, x + size * 0.25, y + size * 0.08).line(x - size * 0.3, y + size * 0.08),
    solid(hull),
  );
  canvas.fill(stroke([x, y - size * 0.1, x, y - size * 1.25], size * 0.035), solid(hull));
  const main = new Path()
    .move(x + size * 0.04, y - size * 1.2)
    .quadratic(x + size * 0.46, y - size * 0.6, x + size * 0.46, y - size * 0.17)
    .line(x + size * 0.04, y - size * 0.17);
  canvas.fill(
    main,
    linearGradient([sail, blend(sail, palette.accents[0] ?? sail, 0.45)], [x, y - size], [x + size * 0.3, y], { grain: 0.3 }),
  );
  canvas.fill(
    new Path()
      .move(x - size * 0.04, y - size * 1.05)
      .quadratic(x - size * 0.3, y - size * 0.5, x - size * 0.38, y - size * 0.17)
      .line(x - size * 0.04, y - size * 0.17),
    solid(blend(sail, palette.accents[1] ?? sail, 0.5)),
  );
  for (let line = 0; line < 5; line += 1) {
    const [ly, reach] = [y + size * (0.14 + line * 0.12), size * (0.42 - line * 0.06) * random.between(0.7, 1.2)];
    canvas.fill(
      stroke([x - reach, ly, x, ly + 0.001, x + reach, ly], (t) => size * 0.04 * (1 - Math.abs(2 * t - 1))),
      solid(line % 2 === 0 ? sail : hull, { opacity: 0.55 - line * 0.08 }),
    );
  }
}
