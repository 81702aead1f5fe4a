import type { DeletionPolicy } from '../../lib/server/types.ts'
import { words } from '../words.ts'

/** The deletion policies in plain sentences, in the order they are offered. */
export const POLICIES: readonly { value: DeletionPolicy; title: string; text: string }[] = [
  {
    value: 'mirror',
    title: words.policies.mirror,
    text: words.policies.mirrorText,
  },
  {
    value: 'owned',
    title: words.policies.owned,
    text: words.policies.ownedText,
  },
  {
    value: 'none',
    title: words.policies.none,
    text: words.policies.noneText,
  },
]

export const policyTitle = (policy: DeletionPolicy): string =>
  POLICIES.find(({ value }) => value === policy)?.title ?? policy
