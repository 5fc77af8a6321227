import * as z from "zod";

const url = z.url({ protocol: /^https?$/ }).max(300);

/** Languages of the studio. */
export const locales = ["en", "fr"] as const;

/** Whether the zone is one that this runtime knows, by its IANA name. */
export const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
};

export const timeZone = z.string().max(64).refine(isTimeZone, "Use an IANA time zone such as “Europe/Paris” or “UTC”.");

/** What people may change about themselves. */
export const ProfileChange = z.strictObject({
  displayName: z.string().trim().min(1).max(80).optional(),
  bio: z.string().max(600).optional(),
  location: z.string().max(120).optional(),
  languages: z
    .array(
      z
        .string()
        .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, { error: "Use language tags such as “en” or “pt-BR”.", abort: true })
        .max(6),
    )
    .max(10)
    .optional(),
  locale: z.enum(locales).optional(),
  timeZone: timeZone.optional(),
  links: z
    .array(z.strictObject({ label: z.string().trim().min(1).max(40), url }))
    .max(10)
    .optional(),
  dateOfBirth: z.iso
    .date()
    .max(10)
    .refine((date) => date >= "1900-01-01", "Not before 1900.")
    .nullable()
    .optional()
    .describe("Seen by nobody else. Another one takes back what an age check has confirmed; null forgets it."),
});
export type ProfileChange = z.infer<typeof ProfileChange>;

export type Account = {
  userId: string;
  email: string;
  displayName: string;
  bio: string;
  location: string;
  languages: string[];
  locale: (typeof locales)[number];
  timeZone: string;
  links: { label: string; url: string }[];
  /** `YYYY-MM-DD`. */
  dateOfBirth?: string;
  /** When a provider of age checks has confirmed that they are of age. */
  ageConfirmedAt?: string;
  /** When it said last what it knows, epoch seconds by its own clock. */
  ageSaidAt?: number;
  workspaceId: string;
  createdAt: string;
  updatedAt: string;
  version: number;
};
