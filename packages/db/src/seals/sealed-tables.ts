/**
 * The tables whose rows give authority, say where something is or are sent to people, each with the columns that do. A
 * row of them carries a `seal`, a keyed hash over its table, its id and these columns (see seals.ts). `id` is first: it
 * says which row it is. What may change without a seal, such as the time of the last use, is left out.
 */
export const SEALED_TABLES = {
  instanceAdmins: ['principalId', 'createdAt'],
  memberships: ['id', 'projectId', 'principalKind', 'principalId', 'role', 'scopes', 'source', 'confirmedAt'],
  invitations: [
    'id',
    'email',
    'projectId',
    'role',
    'scopes',
    'instanceAdmin',
    'tokenHash',
    'expiresAt',
    'createdAt',
    'createdBy',
    'createdByKind',
    'createdById',
    'mailed',
  ],
  identities: ['id', 'name'],
  universalAuths: ['identityId', 'clientId', 'settings'],
  clientSecrets: ['id', 'identityId', 'hash', 'uses', 'usesLimit', 'ttl', 'revoked', 'createdAt'],
  accessTokens: ['id', 'identityId', 'clientSecretId', 'hash', 'ttl', 'uses', 'usesLimit', 'expiresAt', 'endsAt'],
  federatedAuths: ['id', 'identityId', 'method', 'settings', 'reviewerToken'],
  federatedTokens: ['id', 'identityId', 'authId', 'hash', 'ttl', 'uses', 'usesLimit', 'expiresAt', 'endsAt'],
  apiKeys: ['id', 'name', 'ownerId'],
  connections: ['id', 'projectId', 'app', 'method', 'credentials', 'allowedProjects', 'allowedTargets'],
  syncs: [
    'id',
    'projectId',
    'destination',
    'connectionId',
    'folderId',
    'target',
    'targetKey',
    'options',
    'createdBy',
    'standsBehind',
    'overwriteApproved',
    'approvedPlan',
    'removal',
  ],
  departures: ['id', 'syncId', 'connectionId', 'target', 'targetKey', 'revision'],
  deletions: ['id', 'projectId', 'kind', 'subjectId', 'actor'],
  projects: ['id', 'slug'],
  environments: ['id', 'projectId', 'slug'],
  folders: ['id', 'environmentId', 'parentId', 'name', 'path'],
  imports: ['id', 'folderId', 'sourceFolderId', 'position'],
  trash: [
    'id',
    'projectId',
    'environmentId',
    'kind',
    'folderId',
    'subjectId',
    'path',
    'name',
    'secrets',
    'deletedAt',
    'deletedBy',
    'expiresAt',
  ],
  instanceSettings: ['name', 'value'],
  auditStreams: ['id', 'kind', 'seq'],
  noticeTargets: ['id', 'projectId', 'kind', 'address'],
  notices: ['id', 'targetId', 'syncId', 'type', 'body', 'createdAt'],
  syncEvents: ['id', 'projectId', 'syncId', 'type', 'reason', 'reached', 'at'],
  // better-auth's.
  user: ['id', 'email', 'emailVerified', 'twoFactorEnabled'],
  account: ['id', 'userId', 'providerId', 'accountId', 'password'],
  session: ['id', 'userId', 'token', 'expiresAt', 'createdAt', 'signedInBy'],
  verification: ['id', 'identifier', 'value', 'expiresAt'],
  apikey: ['id', 'key', 'referenceId', 'enabled', 'expiresAt'],
  twoFactor: ['id', 'userId', 'secret', 'backupCodes'],
  passkey: ['id', 'userId', 'publicKey', 'credentialID'],
} as const satisfies Record<string, readonly [string, ...string[]]>

export type SealedTable = keyof typeof SEALED_TABLES

/**
 * Those whose rows say what happened and give no right: they are deleted in numbers, and none is kept in mind as ended.
 */
export const REPORT_TABLES: readonly SealedTable[] = ['notices', 'syncEvents']

/**
 * Tables of many rows, each with a `mark` of its own in the place of a seal: a keyed hash that the reader checks
 * (`kernel/authority/row-marks.ts`).
 */
export type MarkedTable = 'ledger' | 'trashRows'

/**
 * Those whose broken rows fail the query instead of being left out: without a folder, an import or a setting the answer
 * would be another one, and might allow more.
 */
export const NEEDED_TABLES: readonly (SealedTable | MarkedTable)[] = [
  'projects',
  'environments',
  'folders',
  'imports',
  'instanceSettings',
  'auditStreams',
  'trashRows',
]

/** Those that better-auth makes, under names of its own; they appear with its first start. */
export const ACCOUNT_TABLES: readonly SealedTable[] = [
  'user',
  'account',
  'session',
  'verification',
  'apikey',
  'twoFactor',
  'passkey',
]

/** Their sealed columns that hold times, which Postgres keeps as such. */
export const ACCOUNT_TIMES: readonly string[] = ['expiresAt', 'createdAt']

const names: ReadonlySet<string> = new Set(Object.keys(SEALED_TABLES))

export const isSealedTable = (name: string): name is SealedTable => names.has(name)
