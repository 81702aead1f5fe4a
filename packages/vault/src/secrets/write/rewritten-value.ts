/** The text of a value whose references name things that move. Reads and stores nothing. */
import { BadRequest, mapReferences, MAX_NAME_BYTES, shortened, type Reference } from '@keyferry/kernel'
import { MAX_VALUE_BYTES, type Mention } from '@keyferry/schemas'
import { namesOf } from '@keyferry/schemas/secret-path'
import type { Expander } from '../../references/expand.ts'
import type { Tree, TreeFolder } from '../../tree/tree.ts'
import { keyOf, samePlace, type FolderRef, type Relocation } from './relocation.ts'

/** A secret whose value refers to something. */
interface Referrer {
  folder: TreeFolder
  value: string
  /** It moves to another folder. */
  moves: boolean
  owner: Owner
}

/**
 * Its value once `moving` has moved. `before` finds what a reference means now. Throws `BadRequest` for a reference
 * that can't be written in its new form, and for a value that would be too long.
 */
export function rewrittenValue(
  { tree, before, moving }: { tree: Tree; before: Expander; moving: Relocation },
  { folder: from, value, moves, owner }: Referrer,
): string {
  const follow = (reference: Reference): string => {
    if (reference.kind === 'unsupported') return reference.text
    const folder = reference.kind === 'local' ? from : tree.at(from.projectId, reference.environment, reference.path)
    if (!folder) return reference.text
    const source = before.sourceOf(folder, reference.key)
    const relocated = source && moving.secrets?.get(keyOf(source.id, reference.key))
    const at = moving.folders?.get(folder.id) ?? folder
    if (relocated && source) {
      const stays = samePlace(relocated, source)
      // In place, readers see it where they did, under the new name.
      const place = reference.kind === 'local' && moves !== stays ? null : stays ? at : relocated
      return written(place, relocated.key, reference.text, owner)
    }
    if (reference.kind === 'local')
      return moves && source ? written(at, reference.key, reference.text, owner) : reference.text
    return at === folder ? reference.text : written(at, reference.key, reference.text, owner)
  }
  const text = mapReferences(value, follow)
  refuseTooLong(owner, text)
  return text
}

function refuseTooLong({ name, mentions }: Owner, text: string): void {
  if (Buffer.byteLength(text) > MAX_VALUE_BYTES)
    throw new BadRequest(
      `${name} refers to it, and would be longer than ${MAX_VALUE_BYTES} bytes with the new name. Change that value first.`,
      { mentions },
    )
}

const PART = /^[A-Za-z0-9_-]+$/

/** A reference as text. Throws `BadRequest` for a name that no reference can hold. */
function written(place: FolderRef | null, key: string, old: string, { name, mentions }: Owner): string {
  const parts = place === null ? [key] : [place.environment, ...namesOf(place.path), key]
  const bad = parts.find((part) => !PART.test(part))
  if (bad !== undefined)
    throw new BadRequest(
      `${name} refers to it as ${shortened(old, MAX_NAME_BYTES)}, and a reference can’t contain the name "${bad}". Change that value or the name first.`,
      { mentions },
    )
  return `\${${parts.join('.')}}`
}

/** The secret that refers to something, as a message names it. */
export interface Owner {
  name: string
  mentions: Mention[]
}

/** Null: it is out of the caller's reach. */
export const ownerOf = (secret: Mention | null): Owner =>
  secret === null ? { name: 'A secret', mentions: [] } : { name: secret.text, mentions: [secret] }
