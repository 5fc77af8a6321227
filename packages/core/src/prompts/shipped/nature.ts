import { type Category, count, either, entry, square, tall, wide, words, wordsOr } from "./entry.ts";

const against = "cages, people, extra legs, extra heads, deformed animal, plastic plants, oversaturated";

export const nature: Category = {
  category: "nature",
  title: "Plants and animals",
  entries: [
    entry(
      "botanical-plate",
      "Botanical plate",
      "A plant as an old herbarium shows it.",
      "botanical plate of {plant} with leaves, flower and fruit, {medium}, cream paper, fine detail, {number} studies of single parts around it",
      [
        words("plant", "a dog rose"),
        either("medium", "ink and watercolour", "copper engraving", "coloured pencil"),
        count("number", 0, 8, 4),
      ],
      { against: "photograph, lettering, dark background", parameters: { ...tall, quality: "hd", style: "botanical" } },
    ),
    entry(
      "wildlife",
      "Wild animal",
      "An animal at home, undisturbed.",
      "wildlife photograph of {animal} in {habitat}, {light}, natural behaviour, sharp eyes, blurred background, 400 mm lens",
      [words("animal", "a red fox"), wordsOr("habitat", "a snowy meadow"), either("light", "first light", "overcast light", "backlight")],
      { against, parameters: { ...wide, quality: "hd" } },
    ),
    entry(
      "pet",
      "Pet portrait",
      "The one who is waiting at the door.",
      "portrait of {pet}, {mood}, {backdrop} backdrop, soft window light, fur in fine detail, catchlight in the eyes",
      [
        words("pet", "an old grey cat"),
        either("mood", "curious", "sleepy", "noble", "playful"),
        either("backdrop", "dark green", "cream", "blue grey"),
      ],
      { against, parameters: { ...square, quality: "hd" } },
    ),
    entry(
      "macro",
      "Close to the ground",
      "What is there for those who kneel down.",
      "macro photograph of {thing}, {detail}, {season} morning, extremely shallow depth of field, soft green background",
      [words("thing", "a ladybird on a fern"), wordsOr("detail", "dew drops", 60), either("season", "spring", "summer", "autumn")],
      { against, parameters: { ...wide, quality: "hd" } },
    ),
    entry(
      "children-book",
      "Picture book animal",
      "An animal that has come out of a picture book.",
      "picture-book illustration of {animal} {action}, {medium}, gentle colours, plenty of white space, kind and funny, for young readers",
      [
        words("animal", "a small badger"),
        wordsOr("action", "carrying a lantern", 80),
        either("medium", "gouache", "crayon", "cut paper", "watercolour"),
      ],
      { against: "photograph, frightening, dark, lettering", parameters: { ...square, quality: "standard" } },
    ),
  ],
};
