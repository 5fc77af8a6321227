/**
 * The only place that reads the environment. What each function gets stands in stacks/; a function that reads what it was not given fails at once,
 * by the name of the variable.
 */
type Name =
  /** Whose log lines and figures these are: the stack's name. */
  | "SERVICE"
  | "TABLE"
  | "MEDIA_BUCKET"
  /** Where links to files lead, if not to S3 itself. */
  | "MEDIA_PUBLIC_ENDPOINT"
  | "EVENT_BUS"
  | "RENDER_QUEUE_URL"
  | "PUBLISH_QUEUE_URL"
  | "PLANS_QUEUE_URL"
  | "TRASH_QUEUE_URL"
  | "LOOK_QUEUE_URL"
  | "USER_POOL_ID"
  | "USER_POOL_CLIENT_ID"
  /** Where the pool's public keys are, if not at its issuer's address. */
  | "USER_POOL_JWKS_URI"
  /** A stand-in of a network on this machine, to which posts to `feed` go instead; and whether it knows idempotency keys. */
  | "FEED_STAND_IN_URL"
  | "FEED_STAND_IN_KEYS"
  /** Whether pictures for adults are made, and for whom: `off`, `declared` or `verified`. */
  | "MATURE_CONTENT"
  /** The model that is asked for whom words are, after the rules. */
  | "SAFETY_MODEL"
  /** The model that is asked what can be seen in pictures. */
  | "VISION_MODEL"
  /** Where in SSM's parameter store the settings of providers are. */
  | "PROVIDER_SETTINGS_PATH"
  | "MAIL_FROM"
  | "PUBLIC_URL";

/** An empty variable is one that is not set. */
export const optional = (name: Name | "AWS_REGION" | "AWS_ENDPOINT_URL_SSM"): string | undefined =>
  // biome-ignore lint/style/noProcessEnv: the one place
  process.env[name] || undefined;

/** A provider's setting, by the name that its provider has for it (`settingNames`), or `PROVIDER_ORDER`, `PROVIDER_LIMITS`, `TEXT_ORDER`. */
export const providerSetting = (name: string): string | undefined =>
  // biome-ignore lint/style/noProcessEnv: the one place
  process.env[name] || undefined;

/** Those that Lambda gives a function, as long as this call lasts: they change while a process lives. */
export function credentials(): { accessKeyId: string; secretAccessKey: string; sessionToken?: string } {
  // biome-ignore lint/style/noProcessEnv: the one place
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (!accessKeyId || !secretAccessKey) throw new Error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set for this function.");
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

export const region: string = optional("AWS_REGION") ?? "eu-west-1";

export function required(name: Name): string {
  const value = optional(name);
  if (value === undefined) throw new Error(`The environment variable ${name} is not set for this function. stacks/ decides who gets it.`);
  return value;
}
