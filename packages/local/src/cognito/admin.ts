import type { JsonAction } from "../wire/aws-json.ts";
import { required } from "./input.ts";
import { mfaSettings } from "./mfa.ts";
import { poolById } from "./pool.ts";
import type { Realm } from "./realm.ts";
import { revokeSessionsOf } from "./sessions.ts";
import { deleteUser, setEnabled, type User, userNamed, wireAttributes } from "./users.ts";

/** What a function's role may do with any user; these calls are signed, and tell who exists. */
export function adminActions(realm: Realm): Record<string, JsonAction> {
  const named = (input: Record<string, unknown>): User =>
    userNamed(realm.database, poolById(realm.database, required(input, "UserPoolId")).id, required(input, "Username"));

  return {
    AdminGetUser(input) {
      const user = named(input);
      return {
        Username: user.sub,
        UserAttributes: wireAttributes(user),
        UserCreateDate: user.createdAt / 1000,
        UserLastModifiedDate: user.modifiedAt / 1000,
        Enabled: user.enabled,
        UserStatus: user.status,
        ...mfaSettings(realm, user),
      };
    },

    AdminUserGlobalSignOut(input) {
      revokeSessionsOf(realm, named(input));
      return {};
    },

    AdminDisableUser(input) {
      const user = named(input);
      setEnabled(realm, user.sub, false);
      revokeSessionsOf(realm, user);
      return {};
    },

    AdminEnableUser(input) {
      setEnabled(realm, named(input).sub, true);
      return {};
    },

    AdminDeleteUser(input) {
      deleteUser(realm, named(input));
      return {};
    },
  };
}
