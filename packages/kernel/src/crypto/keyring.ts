/**
 * The root key wraps one data key per project, one for the instance's connections and a few more of the instance's own;
 * only wrapped keys are stored. While the root key is being changed there are two: whatever either wrapped is opened.
 */
import { randomBytes } from 'node:crypto'
import { dataKey, dataKeyOf, generationOf, DecryptionError, type DataKey, type Generation } from './data-key.ts'

/** A wrapped data key as it is stored. */
export interface Wrapped {
  /** A project or organization id, or the name of one of the instance's own keys. */
  owner: string
  wrapped: string
}

export interface Keyring {
  /**
   * A new data key for `owner`, wrapped for storage: with the root key that wraps `like`, else with the first. A caller
   * that adds a key beside others gives one of those, read in the same transaction. A process that has not heard of a
   * new root key then can't use the old one.
   */
  create(owner: string, like?: Wrapped): string
  /** Unwraps; opened keys are kept in memory. Throws `DecryptionError` under another root key or for another owner. */
  open(owner: string, wrapped: string): DataKey
  /** The same key with one more generation, which seals from now on. */
  renew(owner: string, wrapped: string): string
  /** The same key without the means to open what earlier generations sealed. */
  retire(owner: string, wrapped: string): string
  /**
   * The same key wrapped with `rootKey`; null when it is already. Throws `DecryptionError` when nobody here can open
   * it.
   */
  rewrap(owner: string, wrapped: string, rootKey: Buffer): string | null
  /** Names kept inside the wrapped key: without the root key nobody adds one or takes one out. */
  notes(owner: string, wrapped: string): readonly string[]
  /** The same key with these notes. */
  withNotes(owner: string, wrapped: string, notes: readonly string[]): string
}

/**
 * `rootKeys`: 32 bytes each, the present one first. `reload` reads them again when something does not open: the
 * operator may have put a new one in place since.
 */
export function keyring(rootKeys: Buffer | readonly Buffer[], reload?: () => readonly Buffer[]): Keyring {
  let roots = (Buffer.isBuffer(rootKeys) ? [rootKeys] : rootKeys).map(dataKey)
  const opened = new Map<string, DataKey>()

  function unwrap(owner: string, wrapped: string): { root: DataKey; text: string } {
    const found = under(roots, owner, wrapped)
    if (found) return found
    if (reload) {
      const again = reload().map(dataKey)
      const now = under(again, owner, wrapped)
      if (now) {
        roots = [...again, ...roots].slice(0, 4)
        return now
      }
    }
    throw new DecryptionError()
  }

  return {
    create(owner, like) {
      const root = like ? unwrap(like.owner, like.wrapped).root : roots[0]
      if (!root) throw new Error('a keyring needs a root key')
      return wrap(root, owner, randomBytes(32).toString('base64'))
    },
    open(owner, wrapped) {
      const id = `${owner} ${wrapped}`
      const known = opened.get(id)
      if (known) return known
      const key = dataKeyOf(parse(unwrap(owner, wrapped).text).generations)
      opened.set(id, key)
      return key
    },
    renew(owner, wrapped) {
      const { root, text } = unwrap(owner, wrapped)
      const { generations, notes } = parse(text)
      return wrap(root, owner, format({ generations: [...generations, generationOf(randomBytes(32))], notes }))
    },
    retire(owner, wrapped) {
      const { root, text } = unwrap(owner, wrapped)
      const { generations, notes } = parse(text)
      const kept = generations.map((one, at) => (at === generations.length - 1 ? one : { ...one, seal: null }))
      return wrap(root, owner, format({ generations: kept, notes }))
    },
    notes: (owner, wrapped) => parse(unwrap(owner, wrapped).text).notes,
    withNotes(owner, wrapped, notes) {
      const { root, text } = unwrap(owner, wrapped)
      return wrap(root, owner, format({ generations: parse(text).generations, notes }))
    },
    rewrap(owner, wrapped, rootKey) {
      const next = dataKey(rootKey)
      if (under([next], owner, wrapped)) return null
      return wrap(next, owner, unwrap(owner, wrapped).text)
    },
  }
}

const wrap = (root: DataKey, owner: string, text: string): string => root.seal(text, 'data key', owner)

function under(roots: readonly DataKey[], owner: string, wrapped: string): { root: DataKey; text: string } | null {
  for (const root of roots) {
    try {
      return { root, text: root.open(wrapped, 'data key', owner) }
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
    }
  }
  return null
}

interface Content {
  generations: readonly Generation[]
  notes: readonly string[]
}

interface Stored {
  seal: string | null
  digest: string
  /** Of the first one only: older versions read the list and leave them. */
  notes?: readonly string[]
}

/** 32 bytes in base64, as every key begins; or, once it was rotated or has notes, its generations as JSON. */
function parse(text: string): Content {
  if (!text.startsWith('[')) return { generations: [generationOf(Buffer.from(text, 'base64'))], notes: [] }
  const stored: Stored[] = JSON.parse(text)
  const generations = stored.map(({ seal, digest }) => ({
    seal: seal === null ? null : Buffer.from(seal, 'base64'),
    digest: Buffer.from(digest, 'base64'),
  }))
  return { generations, notes: stored[0]?.notes ?? [] }
}

const format = ({ generations, notes }: Content): string =>
  JSON.stringify(
    generations.map(({ seal, digest }, at): Stored => ({
      seal: seal?.toString('base64') ?? null,
      digest: digest.toString('base64'),
      ...(at === 0 && notes.length > 0 ? { notes } : {}),
    })),
  )
