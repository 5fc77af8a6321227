export const maturePolicies = ["off", "declared", "verified"] as const;

/** What differs between two deployments. Everything else is the same everywhere. */
export type Config = {
  app: string;
  stage: string;
  region: string;
  /** Origins whose pages may call the API and upload files, e.g. `https://studio.example.org`. */
  corsOrigins: string[];
  /** Sender of the product's mails: an identity that SES has verified. */
  mailFrom: string;
  /** Where people reach the product, without a trailing slash. Empty: the API's own address. */
  publicUrl: string;
  /** Address that alarms are mailed to. Empty: alarms only show on the console. */
  alarmEmail: string;
  /** Pictures for adults: not made; made for whoever gives a date of birth; made for whom an age check has confirmed. docs/guides/safety.md */
  matureContent: (typeof maturePolicies)[number];
  /** A model of text that is asked for whom words are, after the rules, such as `gemini/gemini-3.5-flash-lite`. Empty: the rules alone. docs/guides/safety.md */
  safetyModel: string;
  /** A model that is asked what can be seen in pictures, for their tags, such as `gemini/gemini-3.5-flash-lite`. Empty: tags from words alone. docs/guides/library.md */
  visionModel: string;
};

export const defaults: Config = {
  app: "atelier",
  stage: "dev",
  region: "eu-west-1",
  corsOrigins: ["http://localhost:4400"],
  mailFrom: "atelier@example.org",
  publicUrl: "",
  alarmEmail: "",
  matureContent: "off",
  safetyModel: "",
  visionModel: "",
};
