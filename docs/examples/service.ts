/** A service that reads its settings from Keyferry, notices changes while it runs, and reports on its syncs. */
import { createKeyferryClient, isKeyferryError } from '@keyferry/client'

const keyferry = createKeyferryClient({
  url: process.env['KEYFERRY_URL'] ?? 'http://127.0.0.1:4400',
  token: process.env['KEYFERRY_TOKEN'],
})

const project = await keyferry.projects.bySlug.query({ slug: 'web-shop' })
const place = { projectId: project.id, environment: 'prod', secretPath: '/' }

/** The folder's own secrets and those it imports, with references resolved; each key is there once. */
async function readSettings(): Promise<Map<string, string>> {
  const { secrets, imports } = await keyferry.secrets.list.query({
    ...place,
    includeImports: true,
    expandReferences: true,
  })
  const settings = new Map<string, string>()
  for (const { key, value } of [secrets, ...imports.map((from) => from.secrets)].flat()) {
    if (value === null) throw new Error(`the value of ${key} may not be read with this token`)
    settings.set(key, value)
  }
  return settings
}

let settings = await readSettings()
console.log(`started with ${settings.size} settings`)

keyferry.syncs.events.subscribe(
  { projectId: project.id },
  {
    onData({ data: event }) {
      if (event.kind === 'secrets') void reload()
      if (event.kind === 'sync' && event.state === 'failed') console.warn(`sync ${event.syncId} failed`)
    },
    // Events were lost while it reconnected.
    onGap: () => void reload(),
    onError: (error) => console.error('the feed has ended', error),
  },
)

async function reload(): Promise<void> {
  try {
    settings = await readSettings()
    console.log(`reloaded ${settings.size} settings`)
  } catch (error) {
    // The old settings stay in use.
    if (isKeyferryError(error)) console.error(`reload failed: ${error.code}: ${error.message}`)
    else throw error
  }
}
