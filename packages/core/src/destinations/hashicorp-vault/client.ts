/**
 * One document holds all keys: read whole, changed by one call. KV version 2 takes a merge patch that names the version
 * it was read at; without patch the whole document is written with check-and-set, numbers with the text they had. KV
 * version 1 has no version: the document is read again right before it is written, which narrows the window in which a
 * write of somebody else is lost, and cannot close it.
 */
import { LRUCache } from 'lru-cache'
import { DestinationError } from '../destination-error.ts'
import type { Change, Client } from '../destination.ts'
import { type Document, documentClient, type Member } from '../shared/clients/document.ts'
import * as vault from './api.ts'
import { DENIED, notUnderstood, TOO_LARGE } from './connection.ts'
import { jsonType } from '../shared/http/exact-json.ts'

/** The KV version of each mount as it was seen last. */
const engines = new LRUCache<string, 1 | 2>({ max: 1_000 })

export function vaultClient(place: vault.Place): Client {
  const mount = JSON.stringify([place.instanceUrl, place.headers, place.mount])
  let patches = true

  const engineNow = async (): Promise<1 | 2> => {
    const engine = await vault.engineOf(place).catch(async (error: unknown) => {
      // Vault says the same of a token that is wrong and of a mount that the token may not see; a read tells.
      if (error instanceof DestinationError && error.kind === 'auth') await vault.readVersioned(place)
      throw error
    })
    engines.set(mount, engine)
    return engine
  }

  const readAs = async (engine: 1 | 2): Promise<vault.Stored> => {
    if (engine === 1) return vault.readPlain(place)
    const found = await vault.readVersioned(place)
    if (typeof found === 'object') return found
    if (found === 'absent') return vault.neverWritten
    throw found === 'denied' ? vault.mayNotRead(place) : notUnderstood('the document')
  }

  /** A mount that has become another shows no document to a read of the old kind: only a document proves the memory. */
  const read = async (): Promise<vault.Stored> => {
    const remembered = engines.get(mount)
    if (remembered === undefined) return readAs(await engineNow())
    const found = await readAs(remembered).catch((error: unknown) => {
      if (error instanceof DestinationError && (error.code === DENIED || error.kind === 'missing')) return null
      throw error
    })
    if (found && isThere(found)) return found
    const engine = await engineNow()
    return found && engine === remembered ? found : readAs(engine)
  }

  const write = async (stored: vault.Stored, changes: readonly Change[]): Promise<vault.Stored> => {
    const members = changed(stored.members, changes)
    // Every write is a version, and ten are kept: one that changes nothing would push out an old one.
    if (isSame(members, stored.members)) return stored
    if (stored.engine === 1) {
      const now = await vault.readPlain(place)
      if (!isSame(now.members, stored.members)) throw new DestinationError('conflict', 'the document changed meanwhile')
      await vault.replacePlain(place, members)
      return { engine: 1, members }
    }
    const patched = patches && stored.isLive ? await vault.patchVersioned(place, stored.cas, changes) : null
    if (stored.isLive) patches = patched !== null
    const cas = patched ?? (await vault.replaceVersioned(place, stored.cas, members))
    return { engine: 2, cas, isLive: true, members }
  }

  return documentClient<vault.Stored>(
    {
      read: async () => documentOf(await read()),
      write: (document, changes) => write(document.version ?? vault.neverWritten, changes),
    },
    // A document that is too large is none of its keys' fault.
    { mayHalve: ({ kind, code }) => kind === 'rejected' && code !== TOO_LARGE },
  )
}

const isThere = (stored: vault.Stored): boolean => (stored.engine === 1 ? stored.members.size > 0 : stored.cas > 0)

const documentOf = (stored: vault.Stored): Document<vault.Stored> => ({
  members: new Map([...stored.members].map(([key, value]) => [key, memberOf(value)])),
  version: stored,
})

const memberOf = (value: unknown): Member =>
  typeof value === 'string' ? { value } : { otherType: `a JSON ${jsonType(value)}` }

function changed(members: vault.Members, changes: readonly Change[]): vault.Members {
  const next = new Map(members)
  for (const change of changes) {
    if (change.action === 'delete') next.delete(change.key)
    else next.set(change.key, change.value)
  }
  return next
}

const isSame = (a: vault.Members, b: vault.Members): boolean =>
  a.size === b.size &&
  [...a].every(([key, value]) => b.has(key) && JSON.stringify(b.get(key)) === JSON.stringify(value))
