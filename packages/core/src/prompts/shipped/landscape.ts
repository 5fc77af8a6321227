import { banner, type Category, either, entry, tall, wide, words, wordsOr } from "./entry.ts";

const against = "people, buildings in the foreground, power lines, tilted horizon, oversaturated, haloes";

export const landscape: Category = {
  category: "landscape",
  title: "Landscape",
  entries: [
    entry(
      "golden-hour",
      "Golden hour",
      "A wide view in the last light of the day.",
      "wide landscape of {place} at {hour}, low warm sunlight, long shadows, layered hills fading into haze, crisp foreground of {foreground}, deep depth of field, f/11",
      [
        words("place", "a valley of vineyards"),
        either("hour", "golden hour", "sunrise", "dusk"),
        wordsOr("foreground", "dry grass and stones", 80),
      ],
      { against, parameters: { ...banner, quality: "hd", style: "landscape" } },
    ),
    entry(
      "mountains-mist",
      "Mountains in mist",
      "Ridge behind ridge, each paler than the one before.",
      "{season} mountain ridges one behind another in morning mist, {trees} on the nearest slope, cool blue distance, soft light, minimal composition, telephoto compression",
      [either("season", "autumn", "winter", "spring", "summer"), wordsOr("trees", "dark firs", 60)],
      { against, parameters: { ...wide, quality: "standard", style: "ridges" } },
    ),
    entry(
      "coast",
      "Coast",
      "Sea, rock and weather.",
      "{weather} coast of {place}, waves around dark rocks, {exposure}, wide sky, wet sand that mirrors the light, muted natural colours",
      [
        words("place", "a northern island"),
        either("weather", "stormy", "calm", "foggy", "bright"),
        either("exposure", "long exposure of silky water", "frozen spray of the waves"),
      ],
      { against, parameters: { ...wide, quality: "standard", style: "waves" } },
    ),
    entry(
      "night-sky",
      "Night sky",
      "Stars over a dark land.",
      "clear night sky full of stars over {place}, {sky}, dark silhouettes along the horizon, faint light on the ground, wide angle, low noise",
      [words("place", "a lake among pines"), either("sky", "the Milky Way rising", "a crescent moon", "northern lights", "a meteor")],
      { against: `${against}, light pollution`, parameters: { ...tall, quality: "hd", style: "landscape" } },
    ),
    entry(
      "travel-poster",
      "Travel poster",
      "A place as a printed poster of flat colours, with room for a title.",
      "vintage travel poster of {place} in {season}, flat screen-printed colours, bold shapes, {palette} palette, generous empty sky, paper texture, no lettering",
      [
        words("place", "a fishing harbour with white cliffs"),
        either("season", "summer", "autumn", "winter", "spring"),
        either("palette", "teal and orange", "rose and navy", "olive and cream"),
      ],
      { against: "lettering, photograph, gradients, clutter", parameters: { ...tall, quality: "standard" } },
    ),
  ],
};
