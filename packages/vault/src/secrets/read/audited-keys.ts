/** Names of secrets in one row of the audit log. */
const NAMED = 50

/** How many secrets a reading answered, for its row of the audit log; with their keys where they are few. */
export const auditedKeys = (keys: readonly string[]): { count: number; keys?: readonly string[] } => ({
  count: keys.length,
  ...(keys.length <= NAMED ? { keys } : {}),
})
