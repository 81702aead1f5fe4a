/** Parts of the console that are loaded when they are first needed, and what happens when they can't be. */

import { preloadLater } from './preload.ts'
import { checkForUpdate } from '../server/update.ts'
import { words } from '../words.ts'

/** The message is for a person. */
export class MissingCode extends Error {
  constructor() {
    super(words.code.noAnswer)
  }
}

/**
 * An import that is not part of what a page begins with: loaded while the browser is idle, or when it is needed before.
 * It fails with `MissingCode`. In the browser's words the router would reload the page, which ends in the browser's own
 * error page when nothing answers.
 */
export function code<Module>(load: () => Promise<Module>): () => Promise<Module> {
  const loaded = () =>
    load().catch(() => {
      void checkForUpdate()
      throw new MissingCode()
    })
  preloadLater(loaded)
  return loaded
}

/** Reloads the page if there is somebody to answer; throws otherwise. */
export async function reloadPage(): Promise<void> {
  const answer = await fetch('/api/status', { cache: 'no-store' }).catch(() => null)
  if (!answer?.ok) throw new Error(words.code.stillNoAnswer)
  location.reload()
}
