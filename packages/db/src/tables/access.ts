/**
 * Access: people, machines and their credentials. Columns that are sealed change with `amend` only, so they are fixed
 * for everything else.
 */
import type { ColumnType } from 'kysely'
import type { Fixed, Flag, Timestamp } from './column.ts'

/** Users, identities and API keys that may do everything. */
export interface InstanceAdminTable {
  principalId: Fixed<string>
  createdAt: Fixed<Timestamp>
}

/** What a principal may do in a project. */
export interface MembershipTable {
  id: Fixed<string>
  projectId: Fixed<string>
  principalKind: Fixed<'user' | 'identity' | 'key'>
  principalId: Fixed<string>
  role: Fixed<string>
  /** JSON array of environments and paths it is narrowed to; null: the whole project. */
  scopes: Fixed<string | null>
  /** Where it came from; null: somebody gave it. */
  source: ColumnType<'group' | null, 'group' | null | undefined, never>
  /** When a sign-in said last that it has the group; null: given by hand, or not since this is kept. */
  confirmedAt: ColumnType<Timestamp | null, Timestamp | null | undefined, never>
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

/** An account that may be made. The token itself is in the link only. */
export interface InvitationTable {
  id: Fixed<string>
  email: Fixed<string>
  /** Null: to the instance, without a project. */
  projectId: Fixed<string | null>
  role: Fixed<string | null>
  scopes: Fixed<string | null>
  instanceAdmin: Fixed<Flag>
  tokenHash: Fixed<string>
  expiresAt: Fixed<Timestamp>
  createdAt: Fixed<Timestamp>
  /** Their name, for people. */
  createdBy: Fixed<string>
  /** Who gave it: it ends with their right to. Null: made by an older version, and not known; it works no more. */
  createdByKind: Fixed<string | null>
  createdById: Fixed<string | null>
  /** Its link went to the invited address by mail, and to nobody else. Null: shown to the one who invited. */
  mailed: Fixed<Flag | null>
}

/** A machine. */
export interface IdentityTable {
  id: Fixed<string>
  name: Fixed<string>
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

/** How an identity signs in. */
export interface UniversalAuthTable {
  identityId: Fixed<string>
  clientId: Fixed<string>
  /** JSON: seconds a token lives, how often it may be used, from where, and when guessing is stopped. */
  settings: Fixed<string>
  /** Wrong client secrets in a row. */
  failures: number
  failedAt: Timestamp | null
  lockedUntil: Timestamp | null
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

export interface ClientSecretTable {
  id: Fixed<string>
  identityId: Fixed<string>
  description: Fixed<string>
  /** Its first characters, to tell it from others. */
  prefix: Fixed<string>
  hash: Fixed<string>
  uses: Fixed<number>
  /** 0: no limit. */
  usesLimit: Fixed<number>
  /** Seconds; 0: no end. */
  ttl: Fixed<number>
  revoked: Fixed<Flag>
  lastUsedAt: Timestamp | null
  /** Id of the person, or of the machine, that made it; null: made before this was kept. */
  createdBy: string | null
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

export interface AccessTokenTable {
  id: Fixed<string>
  identityId: Fixed<string>
  clientSecretId: Fixed<string>
  hash: Fixed<string>
  /** Seconds that a renewal adds. */
  ttl: Fixed<number>
  uses: Fixed<number>
  /** 0: no limit. */
  usesLimit: Fixed<number>
  expiresAt: Fixed<Timestamp>
  /** No renewal extends past it. */
  endsAt: Fixed<Timestamp>
  lastUsedAt: Timestamp | null
  createdAt: Fixed<Timestamp>
}

/** How an identity signs in with tokens that somebody else issues: an OpenID provider, or a Kubernetes cluster. */
export interface FederatedAuthTable {
  id: Fixed<string>
  identityId: Fixed<string>
  method: Fixed<'oidc-auth' | 'jwt-auth' | 'kubernetes-auth'>
  /** JSON: whose tokens are accepted, which of them, and the access tokens that they get. */
  settings: Fixed<string>
  /** Sealed: the token that Keyferry asks the cluster with. Null: none. */
  reviewerToken: Fixed<string | null>
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

/** An access token that an identity got for a token of somebody else. */
export interface FederatedTokenTable extends Omit<AccessTokenTable, 'clientSecretId'> {
  authId: Fixed<string>
}

/**
 * An API key that a person made; it never may more than they. Hash, expiry and last use are better-auth's, under the
 * same id.
 */
export interface ApiKeyTable {
  id: Fixed<string>
  name: Fixed<string>
  ownerId: Fixed<string>
  createdAt: Fixed<Timestamp>
}

/**
 * The last time step whose code a person's authenticator app was believed: a code counts once, and none before it does.
 */
export interface TotpStepTable {
  userId: Fixed<string>
  /** Periods of 30 s since 1970. */
  step: number
}

/** How often something that can be guessed was tried: by an address, or at an account. */
export interface AttemptTable {
  key: Fixed<string>
  count: number
  blockedUntil: Timestamp
  /** Then the count begins again. */
  expiresAt: Timestamp
}

/** What instance admins set for everybody, as JSON. */
export interface InstanceSettingTable {
  name: Fixed<string>
  value: Fixed<string>
}
