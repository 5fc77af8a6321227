import { type Category, count, either, entry, square, tall, wide, words, wordsOr } from "./entry.ts";

const against = "hands, plastic look, spoiled food, messy plate, insects, greasy, oversaturated, duplicate cutlery";

export const food: Category = {
  category: "food",
  title: "Food",
  entries: [
    entry(
      "from-above",
      "From above",
      "A laid table, seen from straight above.",
      "{dish} seen from straight above on {surface}, fresh {garnish}, linen napkin, soft daylight from one side, appetising, food photograph",
      [
        words("dish", "a tomato tart"),
        either("surface", "dark slate", "white marble", "weathered wood", "sage linen"),
        wordsOr("garnish", "herbs", 60),
      ],
      { against, parameters: { ...square, quality: "hd" } },
    ),
    entry(
      "close-up",
      "Close up",
      "So near that one can nearly taste it.",
      "close-up of {dish}, {detail}, shallow depth of field, backlight that shows the texture, dark background, steam, macro food photograph",
      [words("dish", "a bowl of ramen"), wordsOr("detail", "glossy and freshly made", 80)],
      { against, parameters: { ...wide, quality: "hd" } },
    ),
    entry(
      "drink",
      "A drink",
      "Glass, ice and light.",
      "{drink} in a {glass}, {count} ice cubes, condensation on the glass, {garnish} on the rim, backlit, {mood} bar in soft blur behind it",
      [
        words("drink", "iced hibiscus tea"),
        either("glass", "tall glass", "coupe", "tumbler", "mason jar"),
        count("count", 0, 6, 3),
        wordsOr("garnish", "a slice of lime", 60),
        either("mood", "sunny", "cosy evening", "seaside"),
      ],
      { against, parameters: { ...tall, quality: "standard" } },
    ),
    entry(
      "baking",
      "From the oven",
      "Flour, warmth and a rustic table.",
      "freshly baked {bake} on a rustic wooden board, flour dust, {extras}, warm side light, rising steam, country kitchen, cosy",
      [words("bake", "sourdough bread"), wordsOr("extras", "butter and a small knife", 80)],
      { against, parameters: { ...wide, quality: "standard" } },
    ),
    entry(
      "recipe-card",
      "Recipe drawing",
      "Ingredients as a drawing for a card or a book.",
      "hand-drawn {medium} illustration of the ingredients of {dish}, scattered evenly on {paper} paper, delicate outlines, soft colours, cookbook style",
      [
        words("dish", "minestrone"),
        either("medium", "watercolour", "coloured pencil", "ink and wash"),
        either("paper", "cream", "white", "kraft"),
      ],
      { against: "photograph, lettering, dark background", parameters: { ...tall, quality: "standard" } },
    ),
  ],
};
