import { banner, type Category, count, either, entry, square, tall, words, wordsOr } from "./entry.ts";

const against = "people, faces, recognisable objects, lettering, frame";

export const abstract: Category = {
  category: "abstract",
  title: "Abstract",
  entries: [
    entry(
      "flow",
      "Flowing lines",
      "Currents of colour, good behind a text.",
      "abstract flowing lines in {palette}, smooth currents, {density} density, fine grain, soft transitions, calm",
      [wordsOr("palette", "indigo, teal and cream", 80), either("density", "airy", "medium", "dense")],
      { against, parameters: { ...banner, quality: "standard", style: "flow" } },
    ),
    entry(
      "circles",
      "Circles",
      "Discs and rings in good company.",
      "abstract composition of about {number} overlapping circles in {palette}, {texture} texture, balanced, generous empty space",
      [
        count("number", 3, 40, 12),
        wordsOr("palette", "ochre, brick red and off-white", 80),
        either("texture", "paper", "risograph", "smooth", "chalk"),
      ],
      { against, parameters: { ...square, quality: "standard", style: "circles" } },
    ),
    entry(
      "tiles",
      "Tiles",
      "A pattern that could go on for ever.",
      "geometric tile pattern inspired by {theme}, {colours} colours, even rhythm, crisp edges, seamless",
      [words("theme", "Portuguese azulejos"), either("colours", "two", "three", "muted", "bright")],
      { against, parameters: { ...square, quality: "standard", style: "tiling" } },
    ),
    entry(
      "waves",
      "Waves",
      "One line after another, like sand or water.",
      "abstract wave pattern of {lines} lines in {palette}, {mood} rhythm, printed on textured paper",
      [count("lines", 5, 80, 24), wordsOr("palette", "navy on sand", 80), either("mood", "calm", "stormy", "playful")],
      { against, parameters: { ...tall, quality: "standard", style: "waves" } },
    ),
    entry(
      "feeling",
      "A feeling",
      "Paint for what has no shape.",
      "abstract expressionist painting of the feeling of {feeling}, {gesture} brush strokes, layers of {palette}, visible canvas",
      [
        words("feeling", "coming home after rain"),
        either("gesture", "broad", "nervous", "tender", "sweeping"),
        wordsOr("palette", "warm greys and one bright colour", 80),
      ],
      { against, parameters: { ...tall, quality: "hd" } },
    ),
  ],
};
