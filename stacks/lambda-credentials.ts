import { env } from "node:process";

/**
 * Stands in a bundle for `@aws-sdk/credential-provider-node`. Lambda puts a function's credentials into its environment and nowhere else; the SDK's
 * own chain also looks for files, sign-in sessions and metadata servers, with clients of its own: 115 kB and a third of the loading time.
 */
export const defaultProvider = () => {
  let known: Promise<Credentials> | undefined;
  return () => {
    known ??= read();
    return known;
  };
};

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

/** They stay what they are for as long as a process lives. */
async function read(): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  if (!accessKeyId || !secretAccessKey) throw new Error("The environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}
