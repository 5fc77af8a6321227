import type * as z from "zod";
import type { PlanRequest } from "./request.ts";

/** A plan to begin with. `plan` can be sent as it is: POST /v1/plans. */
export type PlanExample = { key: string; title: string; description: string; plan: z.input<typeof PlanRequest> };

const portraits = {
  prompt: "a friendly portrait of a person at work, soft window light, natural colours",
  negativePrompt: "nudity, gore, text, watermark",
  width: 832,
  height: 1024,
  tags: ["portrait"],
};
const landscapes = {
  prompt: "a wide landscape in the first light of the day, mist over water, calm",
  negativePrompt: "nudity, gore, text, watermark",
  width: 1024,
  height: 640,
  tags: ["landscape"],
};

export const planExamples: readonly PlanExample[] = [
  {
    key: "daily-portraits",
    title: "Portraits every morning",
    description: "Two or three portraits a day, ready when the day begins: asked for between 06:00 and 08:00, local time.",
    plan: { name: "Portraits every morning", ask: portraits, rules: [{ from: "06:00", to: "08:00", count: { min: 2, max: 3 } }] },
  },
  {
    key: "sunday-reduced",
    title: "A week with a quiet Sunday",
    description:
      "Five pictures on Monday, three on Tuesday, four from Wednesday to Friday, two on Saturday, and one on Sunday, later in the day.",
    plan: {
      name: "A week with a quiet Sunday",
      ask: landscapes,
      rules: [
        { days: ["MO"], from: "06:00", to: "08:00", count: 5 },
        { days: ["TU"], from: "06:00", to: "08:00", count: 3 },
        { days: ["WE", "TH", "FR"], from: "06:00", to: "08:00", count: 4 },
        { days: ["SA"], from: "08:00", to: "10:00", count: 2 },
        { days: ["SU"], from: "10:00", to: "12:00", count: 1 },
      ],
    },
  },
  {
    key: "weekend-special",
    title: "A weekend special",
    description:
      "Six to eight larger pictures for the weekend: asked for on Friday night, over midnight, and once more on Saturday morning.",
    plan: {
      name: "A weekend special",
      ask: { ...landscapes, quality: "hd" },
      rules: [
        { days: ["FR"], from: "22:00", to: "02:00", count: { min: 4, max: 5 } },
        { days: ["SA"], from: "08:00", to: "11:00", count: { min: 2, max: 3 } },
      ],
    },
  },
  {
    key: "month-end",
    title: "For the newsletter at the end of the month",
    description: "Three pictures on the last Friday of each month, but not in December.",
    plan: {
      name: "For the newsletter",
      ask: portraits,
      rules: [{ days: ["-1FR"], months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], from: "09:00", to: "10:00", count: 3 }],
    },
  },
];
