import { type Category, count, either, entry, square, tall, wide, words, wordsOr } from "./entry.ts";

const against = "people, hands, brand names, logo, dirty lens, harsh reflections, cropped product, clutter, distorted proportions";

export const product: Category = {
  category: "product",
  title: "Product",
  entries: [
    entry(
      "white-ground",
      "On white",
      "The shop's own picture: the thing, its shadow, and nothing else.",
      "product photograph of {product}, {angle}, pure white background, soft contact shadow, even studio light, true colours, everything in focus",
      [words("product", "a ceramic coffee cup"), either("angle", "front view", "three-quarter view", "top view", "side view")],
      { against, parameters: { ...square, quality: "hd" } },
    ),
    entry(
      "podium",
      "On a podium",
      "A stage of simple shapes in one colour.",
      "{product} on a {shape} podium, {colour} monochrome set, geometric shapes behind it, soft gradient light, gentle shadow, advertising photograph, minimal",
      [
        words("product", "a glass bottle of bath oil"),
        either("shape", "round", "square", "stepped", "stone"),
        either("colour", "peach", "sage", "sand", "sky blue", "lilac"),
      ],
      { against, parameters: { ...tall, quality: "hd" } },
    ),
    entry(
      "in-use",
      "In its place",
      "Where it will stand one day: lived in, tidy, by daylight.",
      "{product} on {surface} in {place}, morning light through a window, a few fitting things around it, shallow depth of field, warm and natural, lifestyle photograph",
      [words("product", "a brass desk lamp"), wordsOr("surface", "an oak table"), wordsOr("place", "a calm study with plants")],
      { against: "brand names, logo, clutter, distorted proportions", parameters: { ...wide, quality: "standard" } },
    ),
    entry(
      "flat-lay",
      "Flat lay",
      "Things that belong together, from above.",
      "flat lay of {items}, about {number} objects, arranged with even gaps on {surface}, seen from straight above, soft shadows to one side, orderly",
      [words("items", "a hiker's equipment"), count("number", 3, 15, 7), wordsOr("surface", "pale linen", 60)],
      { against, parameters: { ...square, quality: "standard" } },
    ),
    entry(
      "splash",
      "Splash",
      "A moment that nobody can hold: liquid around the thing.",
      "{product} surrounded by a splash of {liquid}, frozen in motion, droplets in the air, {colour} background, rim light, high-speed studio photograph",
      [
        words("product", "a can of lemonade"),
        either("liquid", "clear water", "orange juice", "milk", "iced tea"),
        either("colour", "deep blue", "yellow", "mint", "black"),
      ],
      { against, parameters: { ...tall, quality: "hd" } },
    ),
  ],
};
