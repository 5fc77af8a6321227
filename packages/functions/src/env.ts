import * as z from "zod";

/**
 * The only place that reads the environment. What each function gets stands in stacks/; a function that reads what it was not given fails at once,
 * by the name of the variable.
 */
const text = z.string().min(1);

const Environment = z.object({
  AWS_REGION: text.default("eu-west-1"),
  /** Whose log lines and figures these are: the stack's name. */
  SERVICE: text.optional(),
  TABLE: text.optional(),
  MEDIA_BUCKET: text.optional(),
  /** Where links to files lead, if not to S3 itself. */
  MEDIA_PUBLIC_ENDPOINT: text.optional(),
  EVENT_BUS: text.optional(),
  RENDER_QUEUE_URL: text.optional(),
  PUBLISH_QUEUE_URL: text.optional(),
  USER_POOL_ID: text.optional(),
  USER_POOL_CLIENT_ID: text.optional(),
  /** Where the pool's public keys are, if not at its issuer's address. */
  USER_POOL_JWKS_URI: text.optional(),
  /** A stand-in of a network on this machine, to which posts to `feed` go instead; and whether it knows idempotency keys. */
  FEED_STAND_IN_URL: text.optional(),
  FEED_STAND_IN_KEYS: text.optional(),
  MAIL_FROM: text.optional(),
  PUBLIC_URL: text.optional(),
});
type Environment = z.infer<typeof Environment>;

// biome-ignore lint/style/noProcessEnv: the one place
const environment: Environment = Environment.parse(process.env);

export const region: string = environment.AWS_REGION;

export function required(name: keyof Environment): string {
  const value = environment[name];
  if (value === undefined) throw new Error(`The environment variable ${name} is not set for this function. stacks/ decides who gets it.`);
  return value;
}

export const optional = (name: keyof Environment): string | undefined => environment[name];
