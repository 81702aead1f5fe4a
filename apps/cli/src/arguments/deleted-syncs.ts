import { Option, type Command } from 'commander'

/** What becomes of the syncs that read something which is deleted. */
export type DeletedSyncs = 'refuse' | 'keep-secrets' | 'remove-secrets'

export interface DeleteOptions {
  syncs?: DeletedSyncs
  yes?: boolean
}

/** Adds the options of a command that deletes what syncs read. */
export const withDeletion = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--syncs <what>',
        'what happens to the syncs that read it: refuse while there are any, or delete them and keep or remove what they wrote',
      ).choices(['refuse', 'keep-secrets', 'remove-secrets'] satisfies DeletedSyncs[]),
    )
    .option('-y, --yes', 'do not ask')
