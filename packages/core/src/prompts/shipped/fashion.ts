import { type Category, either, entry, square, tall, words, wordsOr } from "./entry.ts";

const against = "deformed hands, extra limbs, distorted face, underwear, swimwear, revealing clothing, logo, wrinkled backdrop";

export const fashion: Category = {
  category: "fashion",
  title: "Fashion",
  entries: [
    entry(
      "lookbook",
      "Lookbook",
      "The whole outfit, from head to toe.",
      "full-length lookbook photograph of an adult model wearing {outfit}, standing, {backdrop} backdrop, even soft light, fabric and cut clearly visible",
      [words("outfit", "a long wool coat and wide trousers"), either("backdrop", "off-white", "light grey", "olive", "terracotta")],
      { against, parameters: { ...tall, quality: "hd" } },
    ),
    entry(
      "street",
      "In the street",
      "A passer-by whom one turns round for.",
      "street-style photograph of an adult in {outfit}, walking through {place}, {season} light, candid stride, blurred background, 50 mm lens",
      [
        words("outfit", "a raincoat and bright boots"),
        wordsOr("place", "an old town lane"),
        either("season", "autumn", "spring", "winter", "summer"),
      ],
      { against, parameters: { ...tall, quality: "standard" } },
    ),
    entry(
      "fabric",
      "Fabric",
      "How cloth falls, and how it would feel.",
      "close-up of {fabric} in {colour}, soft folds, raking light that shows the weave, textile photograph",
      [either("fabric", "heavy linen", "silk satin", "corduroy", "hand-knitted wool", "denim"), wordsOr("colour", "deep green", 60)],
      { against: "people, logo, stains, folds like plastic", parameters: { ...square, quality: "hd" } },
    ),
    entry(
      "accessory",
      "Accessory",
      "A bag, a shoe, a watch: on its own, on fine ground.",
      "{accessory} on {surface}, {light}, small shadow, elegant still life, crisp material detail, editorial photograph",
      [
        words("accessory", "a leather satchel"),
        wordsOr("surface", "folded cloth", 60),
        either("light", "late sun through blinds", "soft north light", "hard flash"),
      ],
      { against: "people, hands, logo, clutter", parameters: { ...square, quality: "standard" } },
    ),
    entry(
      "sketch",
      "Design drawing",
      "An idea for a garment, as designers draw them.",
      "fashion design drawing of {garment}, {medium}, elongated standing figure, loose confident lines, fabric swatches beside it, white paper",
      [words("garment", "a pleated evening dress with long sleeves"), either("medium", "marker", "watercolour", "pencil", "gouache")],
      { against: `${against}, photograph`, parameters: { ...tall, quality: "standard" } },
    ),
  ],
};
