import type { Kysely } from 'kysely'

interface Row {
  identity_id: string
  settings: string
}
/** Every identity was made with these, whether somebody wanted them or not. */
const FORMER_DEFAULT = {
  lockoutEnabled: true,
  lockoutThreshold: 3,
  lockoutDurationSeconds: 300,
  lockoutCounterResetSeconds: 30,
}

/**
 * A client secret has 256 bits, so a lock-out protects nothing, and lets anybody who knows a client id stop a machine.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const tables = db
    .withoutPlugins()
    .withTables<{ universal_auths: Row & { locked_until: string | null; failures: number } }>()
  for (const row of await tables.selectFrom('universal_auths').select(['identity_id', 'settings']).execute()) {
    const settings: Record<string, unknown> = JSON.parse(row.settings)
    if (Object.entries(FORMER_DEFAULT).some(([name, value]) => settings[name] !== value)) continue
    await tables
      .updateTable('universal_auths')
      .set({ settings: JSON.stringify({ ...settings, lockoutEnabled: false }), locked_until: null, failures: 0 })
      .where('identity_id', '=', row.identity_id)
      .execute()
  }
}
