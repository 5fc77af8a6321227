import { operations as auth } from "../auth.ts";
import { operations as generations } from "../generations.ts";
import { operations as images } from "../images.ts";
import type { Operation } from "../operation.ts";
import { operations as plans } from "../plans.ts";
import { operations as posts } from "../posts.ts";
import { operations as prompts } from "../prompts.ts";
import { operations as rest } from "../rest.ts";
import { operations as texts } from "../texts.ts";
import { operations as webhooks } from "../webhooks.ts";

/** Every operation of every area. */
export const allOperations: readonly Operation[] = [
  ...rest,
  ...auth,
  ...generations,
  ...prompts,
  ...plans,
  ...images,
  ...texts,
  ...posts,
  ...webhooks,
];
