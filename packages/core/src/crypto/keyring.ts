/**
 * The root key wraps one data key per project, one for the instance's connections and a few more of the instance's own; only wrapped
 * keys are stored. While the root key is being changed there are two: whatever either wrapped is opened.
 */
import { randomBytes } from 'node:crypto'
import { dataKey, dataKeyOf, generationOf, SealBroken, type DataKey, type Generation } from './data-key.ts'

/** A wrapped data key as it is stored. */
export interface Wrapped {
  /** A project or organization id, or the name of one of the instance's own keys. */
  owner: string
  wrapped: string
}

export interface Keyring {
  /**
   * A new data key for `owner`, wrapped for storage: with the root key that wraps `like`, else with the first. Whoever adds a key beside others
   * gives one of those, read in the same transaction, so that a process that has not heard of a new root key cannot use the old one.
   */
  create(owner: string, like?: Wrapped): string
  /** Unwraps; opened keys are kept in memory. Throws `SealBroken` under another root key or for another owner. */
  open(owner: string, wrapped: string): DataKey
  /** The same key with one more generation, which seals from now on. */
  renew(owner: string, wrapped: string): string
  /** The same key without the means to open what earlier generations sealed. */
  retire(owner: string, wrapped: string): string
  /** The same key wrapped with `rootKey`; null when it is already. Throws `SealBroken` when nobody here can open it. */
  rewrap(owner: string, wrapped: string, rootKey: Buffer): string | null
}

/**
 * `rootKeys`: 32 bytes each, the present one first. `reload` is asked for them again when something does not open: the operator may have
 * put a new one in place since.
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
    throw new SealBroken()
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
      const key = dataKeyOf(parse(unwrap(owner, wrapped).text))
      opened.set(id, key)
      return key
    },
    renew(owner, wrapped) {
      const { root, text } = unwrap(owner, wrapped)
      return wrap(root, owner, format([...parse(text), generationOf(randomBytes(32))]))
    },
    retire(owner, wrapped) {
      const { root, text } = unwrap(owner, wrapped)
      const generations = parse(text)
      return wrap(
        root,
        owner,
        format(generations.map((one, at) => (at === generations.length - 1 ? one : { ...one, seal: null }))),
      )
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
      if (!(error instanceof SealBroken)) throw error
    }
  }
  return null
}

/** 32 bytes in base64, as every key begins; or, once rotated, its generations as JSON. */
function parse(text: string): Generation[] {
  if (!text.startsWith('[')) return [generationOf(Buffer.from(text, 'base64'))]
  const stored: { seal: string | null; digest: string }[] = JSON.parse(text)
  return stored.map(({ seal, digest }) => ({
    seal: seal === null ? null : Buffer.from(seal, 'base64'),
    digest: Buffer.from(digest, 'base64'),
  }))
}

const format = (generations: readonly Generation[]): string =>
  JSON.stringify(
    generations.map(({ seal, digest }) => ({
      seal: seal?.toString('base64') ?? null,
      digest: digest.toString('base64'),
    })),
  )
