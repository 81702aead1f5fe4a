/** Which statements read no more of an instance's history than they answer. For tests only. */

/**
 * The tables with what has happened, and the accesses that find a bounded number of rows there, however long that goes
 * on. A column with `=` is compared with one value, or with those of a list.
 */
export const GROWING: Readonly<Record<string, readonly string[]>> = {
  // Sign-in with a token; those of an identity that have expired are removed as it signs in.
  access_tokens: ['hash=', 'identity_id= expires_at<'],
  attempts: ['key='],
  audit: ['seq=', 'seq> seq<', 'project_id= seq> seq<'],
  federated_tokens: ['hash='],
  // Those of one target that were tried: while one waits for its next try, none about the same sync is tried.
  notices: ['target_id= attempts>'],
  // As many as a folder has keys.
  outcomes: ['run_id=', 'run_id= key='],
  // Of a sync, one runs at a time.
  runs: ['sync_id= state='],
  // A person's, which end.
  session: ['userId=', 'token='],
  // A chain ends after so many, or when it is as large as its first.
  snapshots: ['sync_id= chain=', 'sync_id= chain= position<', 'sync_id= hash='],
  // A secret keeps as many as the quota allows.
  secret_versions: ['folder_id= key=', 'folder_id= key= version=', 'secret_id='],
  sync_event_mails: ['event_id='],
  sync_events: [],
  trash: ['folder_id= kind='],
  // One deleted secret or folder.
  trash_rows: ['trash_id=', 'trash_id= position>'],
  verification: ['identifier='],
}

/** As large as what people have set up. */
export const SET_UP: readonly string[] = [
  'account',
  'api_keys',
  'apikey',
  'audit_floors',
  'audit_head',
  'audit_streams',
  'client_secrets',
  'connections',
  'data_key_rotations',
  'deletions',
  'delivery_announcements',
  'departures',
  'display_preferences',
  'environments',
  'federated_auths',
  'folders',
  'heartbeats',
  'identities',
  'imports',
  'instance_admins',
  'instance_key_rotations',
  'instance_keys',
  'instance_settings',
  'invitations',
  'kysely_migration',
  'kysely_migration_lock',
  'leases',
  'ledger',
  'memberships',
  'notice_targets',
  'notification_preferences',
  'notification_reads',
  'organizations',
  'paces',
  'passkey',
  'pauses',
  'processes',
  'project_use',
  'projects',
  'references',
  'secret_tags',
  'secrets',
  'sync_health',
  'syncs',
  'tags',
  'totp_steps',
  'twoFactor',
  'universal_auths',
  'user',
]

/** Statements that read more, and why they may. `is` matches no other statement. */
const EXCEPTIONS: readonly { is: RegExp; because: string }[] = [
  { is: /^delete from "attempts" where "expires_at" <=/, because: 'it removes what it reads' },
  { is: /^delete from "access_tokens" where "(identity|client_secret)_id" = \S+ returning/, because: 'the same' },
  { is: /^delete from "audit" where "seq" <= \S+$/, because: 'the same; its caller names the row up to which' },
  {
    is: /^select sum\(coalesce\(octet_length/,
    because: 'what a project holds is counted again once its quota is full',
  },
  { is: /^select "runs"\.\* from "runs" inner join .+ offset /, because: 'no more of each sync than a page has' },
  { is: /^select substr\("started_at", 1, 13\) as "hour"/, because: 'the runs of two days' },
  { is: /^select "delivered_ms", "deliveries" from/, because: 'the deliveries of a week, from an index alone' },
  {
    is: /^select "secret_versions"\.\* from "secret_versions" inner join \(select "folder_id", "secret_id", max\("version"\)/,
    because: 'which versions a folder had at a time is found among all of its versions, without their values',
  },
  {
    is: /^select \*, .+ from "notices" where "target_id" = /,
    because: 'what is not yet delivered, of a target that answers',
  },
  {
    is: /^delete from "verification" where "value" = /,
    because: 'links of a person who is removed; all end within days',
  },
  { is: /^delete from "sync_event_mails" where "user_id" = /, because: 'mails to that person that wait' },
  { is: /^delete from "session" where \("createdAt" <= /, because: 'shorter sessions, when an administrator says so' },
  { is: /^insert into "\w+_2" select \* from/, because: 'an upgrade, once' },
  { is: /^select "id" from "trash"$/, because: 'the hourly check of the store, which looks at each' },
]

/**
 * What of a statement reads as much as there is: a step that goes through a growing table, unless the statement ends
 * after some rows, which it finds in the order of an index. (How many it passes over until then no plan says: a filter
 * beside it is to be read in portions, as the audit log is.)
 */
export function unboundedSteps(text: string, steps: readonly string[]): string[] {
  const endsEarly = / limit /.test(text) && !steps.includes('USE TEMP B-TREE FOR ORDER BY')
  return steps.filter((step) => {
    const [, , name = '', rest = ''] = /^(SCAN|SEARCH) (\S+)(.*)$/.exec(step) ?? []
    const table = tableOf(text, name)
    const bounded = table === undefined ? undefined : GROWING[table]
    // A table that the statement does not name is looked up for a foreign key.
    if (!table || !bounded || !text.includes(`"${table}"`)) return false
    const compared =
      /\(([^)]*)\)/
        .exec(rest)?.[1]
        ?.replaceAll(/\s*AND\s*/g, ' ')
        .replaceAll('?', '') ?? ''
    const isOne =
      /^ USING (COVERING )?INDEX sqlite_autoindex_\w+_1 \((\w+=\? ?(AND )?)+\)/.test(rest) && compared === 'id='
    if (isOne || bounded.includes(compared) || endsEarly) return false
    return !EXCEPTIONS.some(({ is }) => is.test(text))
  })
}

/** The table that a plan names, which may be its alias in the statement. */
function tableOf(text: string, name: string): string | undefined {
  if (name in GROWING) return name
  return new RegExp(`"(\\w+)" as "${name}"`).exec(text)?.[1]
}
