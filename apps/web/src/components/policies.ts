import type { DeletionPolicy } from '../lib/types.ts'

/** The deletion policies in plain sentences, in the order they are offered. */
export const POLICIES: readonly { value: DeletionPolicy; title: string; text: string }[] = [
  {
    value: 'mirror',
    title: 'Mirror the folder',
    text: 'Delete every key at the destination that the folder does not have, including keys that others wrote. With a key schema, only keys that match it.',
  },
  {
    value: 'owned',
    title: 'Delete only what this sync wrote',
    text: 'Delete a key when it leaves the folder and this sync had written it. Keys of others stay.',
  },
  {
    value: 'none',
    title: 'Disable secret deletion',
    text: 'Never delete anything at the target. Keys that leave the folder stay there and are shown as left behind.',
  },
]

export const policyTitle = (policy: DeletionPolicy): string =>
  POLICIES.find(({ value }) => value === policy)?.title ?? policy
