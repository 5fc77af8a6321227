import { type Category, either, entry, square, tall, wide, words, wordsOr } from "./entry.ts";

const against = "deformed hands, extra fingers, extra limbs, distorted face, crossed eyes, waxy skin, revealing clothing";

export const portrait: Category = {
  category: "portrait",
  title: "Portrait",
  entries: [
    entry(
      "studio",
      "Studio portrait",
      "Head and shoulders before a plain ground, with soft light from one side.",
      "studio portrait of {subject}, head and shoulders, {expression} expression, {backdrop} seamless backdrop, large softbox from the left, gentle fill, sharp eyes, natural skin texture, 85 mm lens",
      [
        words("subject", "a potter in a linen apron"),
        either("expression", "calm", "smiling", "thoughtful", "proud"),
        either("backdrop", "warm grey", "charcoal", "cream", "dusty blue"),
      ],
      { against, parameters: { ...tall, quality: "hd" } },
    ),
    entry(
      "window",
      "By the window",
      "A quiet picture by daylight, as painters like it.",
      "portrait of {subject} sitting by a tall window, {weather} daylight from the side, deep soft shadows, muted colours, {mood} mood, visible film grain, medium format photograph",
      [
        words("subject", "an elderly musician with a violin"),
        either("weather", "overcast", "early morning", "rainy", "late afternoon"),
        wordsOr("mood", "contemplative", 60),
      ],
      { against, parameters: { ...tall, quality: "hd" } },
    ),
    entry(
      "at-work",
      "At work",
      "Somebody in the middle of what they do best, with the place around them.",
      "environmental portrait of {subject} at work in {place}, candid, hands busy, tools in reach, available light, shallow depth of field, documentary photograph, 35 mm lens",
      [words("subject", "a baker"), words("place", "a small bakery before dawn")],
      { against, parameters: { ...wide, quality: "standard" } },
    ),
    entry(
      "painted",
      "Painted portrait",
      "A portrait in paint, in a manner of your choice.",
      "{medium} portrait of {subject}, {palette} palette, visible brushwork, plain dark ground, light on the face, three-quarter view",
      [
        words("subject", "a sailor with a knitted cap"),
        either("medium", "oil", "gouache", "watercolour", "pastel"),
        either("palette", "earthy", "cool", "jewel-toned", "limited"),
      ],
      { against: `${against}, photograph`, parameters: { ...tall, quality: "hd" } },
    ),
    entry(
      "avatar",
      "Avatar",
      "A friendly head that is still read at 48 pixels.",
      "simple illustrated avatar of {subject}, facing forward, friendly, bold clean shapes, flat {colour} background, centred, thick outlines, vector style",
      [words("subject", "a gardener with round glasses"), either("colour", "teal", "coral", "mustard", "lavender", "sage")],
      { against: `${against}, busy background, photograph`, parameters: { ...square, quality: "standard" } },
    ),
  ],
};
