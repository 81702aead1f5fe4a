import type { comparedEnvironments } from '@keyferry/schemas'
import type { z } from 'zod'

export type State = 'only-left' | 'only-right' | 'different' | 'same'

/** One key of one folder, in two environments. */
export interface Difference {
  secretPath: string
  key: string
  state: State
}

const GROUPS = [
  ['onlyHere', 'only-left'],
  ['onlyThere', 'only-right'],
  ['different', 'different'],
  ['same', 'same'],
] as const

/** What the API answers folder by folder as one list: by folder, then by key. */
export const differencesOf = ({ folders }: z.output<typeof comparedEnvironments>): Difference[] =>
  folders.flatMap((folder) =>
    GROUPS.flatMap(([group, state]) =>
      folder[group].map((key): Difference => ({ secretPath: folder.secretPath, key, state })),
    ).sort((a, b) => (a.key < b.key ? -1 : 1)),
  )
