import { notAuthorized, optional, required } from "./input.ts";
import { type Client, clientById } from "./pool.ts";
import type { Realm } from "./realm.ts";

/**
 * The app client that a call names. Its clients have no secret, so a hash of one is refused rather than left unchecked.
 * @throws ResourceNotFoundException, NotAuthorizedException
 */
export function clientOf({ database }: Realm, input: Record<string, unknown>): Client {
  const client = clientById(database, required(input, "ClientId"));
  if (optional(input, "SecretHash") !== undefined || optional(input, "ClientSecret") !== undefined)
    throw notAuthorized(`Unable to verify secret hash for client ${client.id}`);
  return client;
}
