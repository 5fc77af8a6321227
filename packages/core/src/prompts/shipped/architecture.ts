import { banner, type Category, either, entry, tall, wide, words, wordsOr } from "./entry.ts";

const against = "converging verticals, warped lines, crooked windows, people, cars, construction site, clutter";

export const architecture: Category = {
  category: "architecture",
  title: "Architecture",
  entries: [
    entry(
      "exterior",
      "House from outside",
      "A building as its architect would like it to be seen.",
      "architectural photograph of {building}, {material} facade, {hour}, straight verticals, clear sky with a few clouds, landscaped foreground, sharp detail",
      [
        words("building", "a small library"),
        either("material", "timber", "brick", "concrete", "glass", "stone"),
        either("hour", "blue hour with lit windows", "soft morning light", "bright noon"),
      ],
      { against, parameters: { ...wide, quality: "hd" } },
    ),
    entry(
      "interior",
      "Room",
      "A room that one wants to sit down in.",
      "interior of {room}, {style} style, daylight from large windows, {accent} accents, plants, tidy, eye-level view, wide angle without distortion",
      [
        words("room", "a living room with a fireplace"),
        either("style", "Scandinavian", "mid-century", "Japanese", "industrial", "Mediterranean"),
        wordsOr("accent", "terracotta", 60),
      ],
      { against, parameters: { ...wide, quality: "hd" } },
    ),
    entry(
      "skyline",
      "Skyline",
      "A city from afar.",
      "skyline of {city} at {hour}, reflected in still water, layered silhouettes, {weather} sky, panoramic view",
      [
        words("city", "a harbour city"),
        either("hour", "dusk", "dawn", "night", "noon"),
        either("weather", "clear", "hazy", "dramatic", "pastel"),
      ],
      { against: "people, warped lines, tilted horizon", parameters: { ...banner, quality: "standard", style: "skyline" } },
    ),
    entry(
      "detail",
      "Detail",
      "Stairs, facades and shadows, nearly abstract.",
      "abstract architectural detail of {element}, strong geometry, {light}, {colours}, minimal, high contrast",
      [
        words("element", "a spiral staircase"),
        either("light", "hard sunlight and shadow", "soft overcast light"),
        either("colours", "monochrome", "white and one warm colour", "pastel walls"),
      ],
      { against, parameters: { ...tall, quality: "standard" } },
    ),
    entry(
      "model",
      "Paper model",
      "A building as a model of card on a table.",
      "architectural scale model of {building} made of {material}, on a plain table, soft studio light, small paper trees, shallow depth of field",
      [words("building", "a community centre with a courtyard"), either("material", "white card", "balsa wood", "cork")],
      { against: "people, clutter, warped lines", parameters: { ...wide, quality: "standard" } },
    ),
  ],
};
