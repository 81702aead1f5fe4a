/** The store from SQLite to Postgres, and back. */
import { join, resolve } from 'node:path'
import { count } from '@keyferry/schemas/count'
import type { Command } from 'commander'
import { withJson, type Cli, type JsonOption } from '../cli.ts'
import { instanceEnv } from '../server/operator.ts'

export function addMigrateStore(admin: Command, cli: Cli): void {
  withJson(admin.command('migrate-store'))
    .description(
      'Copy everything in the store of a stopped instance from SQLite to Postgres, or back; to continue, run it again',
    )
    .requiredOption('--to <target>', 'postgres://… of an empty database (password in PGPASSWORD), or a data directory')
    .action((options: JsonOption & { to: string }) => migrateStore(cli, options))
}

async function migrateStore(cli: Cli, { to, json }: JsonOption & { to: string }): Promise<void> {
  const { terminal } = cli
  const { migrateStore, settings } = await instanceEnv(cli)
  const moved = await migrateStore(settings, to, (step, table, rows) =>
    terminal.progress(`${step} ${table}: ${count(rows, 'row')} …`),
  )
  terminal.progress('')
  if (json) return terminal.json(moved)
  terminal.line(
    `Copied ${count(moved.rows, 'row')} of ${count(moved.tables, 'table')} to ${moved.kind}. Seals and audit log are whole, and every table is the same.`,
  )
  const rootKey =
    settings.KEYFERRY_ROOT_KEY || moved.kind === 'SQLite'
      ? 'the same root key'
      : `KEYFERRY_ROOT_KEY_FILE=${join(resolve(settings.KEYFERRY_DATA_DIR), 'root.key')}`
  terminal.line(
    moved.kind === 'Postgres'
      ? `Start every process with this database in DATABASE_URL and ${rootKey}. Never start the old store again.`
      : `Start Keyferry with KEYFERRY_DATA_DIR=${resolve(to)}, without DATABASE_URL and with ${rootKey}. Never start the old store again.`,
  )
}
