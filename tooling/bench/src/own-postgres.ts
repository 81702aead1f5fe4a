/** A Postgres of its own for a part of the bench. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@keyferry/chaos/postgres'
import pg from 'pg'

export interface OwnPostgres {
  /** An empty folder beside its data, for what else the part writes. */
  dir: string
  url: string
  /** Creates an empty database; resolves to its URL. */
  createDatabase(name: string): Promise<string>
}

/** Runs `work` beside a Postgres that is gone afterwards, and the folder with it. */
export async function withPostgres<T>(work: (postgres: OwnPostgres) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-bench-'))
  // Postgres runs as another user where the bench runs as root.
  await chmod(dir, 0o711)
  const { url, stop } = await startPostgres(join(dir, 'postgres'))
  try {
    return await work({ dir, url, createDatabase: (name) => createDatabase(url, name) })
  } finally {
    await stop()
    await rm(dir, { recursive: true, force: true })
  }
}

async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
