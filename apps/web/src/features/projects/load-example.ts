import { direct } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

const SHARED = `API_BASE_URL=https://api.example.com
LOG_LEVEL=info
`
// The references are read by Keyferry, not by this file.
const APP = `DB_HOST=db.example.com
DB_PASSWORD=example-password
DATABASE_URL=postgres://shop:$\{DB_PASSWORD}@$\{DB_HOST}:5432/shop
FEATURE_FLAGS={"beta":true}
`

/**
 * Creates a project to look around in: secrets, a reference and a shared folder that is imported, in dev and in prod.
 * It calls no provider. Throws what the server refuses.
 */
export async function loadExample() {
  const project = await direct.projects.create.mutate({
    name: words.example.name,
    description: words.example.text,
  })
  for (const environment of ['dev', 'prod']) {
    const root = { projectId: project.id, environment }
    await direct.folders.create.mutate({ ...root, name: 'shared', path: '/' })
    await direct.secrets.paste.mutate({ ...root, secretPath: '/shared', content: SHARED })
    await direct.secrets.paste.mutate({ ...root, secretPath: '/', content: APP })
    await direct.imports.create.mutate({ ...root, path: '/', import: { environment, path: '/shared' } })
  }
  return project
}
