import { type Config, defaults, maturePolicies } from "./config.ts";

/** Reads the configuration from where a command line puts it (`-c stage=prod`); what is not given has its default. */
export function configFrom(context: (key: keyof Config) => unknown): Config {
  const text = (key: keyof Config): string | undefined => {
    const value = context(key);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  return {
    app: defaults.app,
    stage: text("stage") ?? defaults.stage,
    region: text("region") ?? defaults.region,
    corsOrigins: text("corsOrigins")?.split(",") ?? defaults.corsOrigins,
    mailFrom: text("mailFrom") ?? defaults.mailFrom,
    publicUrl: text("publicUrl") ?? defaults.publicUrl,
    alarmEmail: text("alarmEmail") ?? defaults.alarmEmail,
    matureContent: maturePolicies.find((policy) => policy === text("matureContent")) ?? defaults.matureContent,
    safetyModel: text("safetyModel") ?? defaults.safetyModel,
    visionModel: text("visionModel") ?? defaults.visionModel,
  };
}
