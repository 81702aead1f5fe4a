/** Every procedure. The console and other services see only the type of it. */
import { account } from './routers/account.ts'
import { apiKeys } from './routers/api-keys.ts'
import { audit } from './routers/audit.ts'
import { backup } from './routers/backup.ts'
import { clients } from './routers/clients.ts'
import { connections } from './routers/connections.ts'
import { delivery } from './routers/delivery.ts'
import { destinations } from './routers/destinations.ts'
import { environments } from './routers/environments.ts'
import { jwtAuth, kubernetesAuth, oidcAuth } from './routers/federated-auth.ts'
import { folders } from './routers/folders.ts'
import { identities } from './routers/identities.ts'
import { history } from './routers/history.ts'
import { inbox } from './routers/inbox.ts'
import { imports } from './routers/imports.ts'
import { instance } from './routers/instance.ts'
import { notifications } from './routers/notifications.ts'
import { overview } from './routers/overview.ts'
import { members } from './routers/members.ts'
import { people } from './routers/people.ts'
import { projects } from './routers/projects.ts'
import { secrets } from './routers/secrets.ts'
import { syncs } from './routers/syncs.ts'
import { universalAuth } from './routers/universal-auth.ts'
import { tags } from './routers/tags.ts'
import { tree } from './routers/tree.ts'
import { createCallerFactory as callerFactory, router } from './trpc/procedures.ts'

export const appRouter = router({
  instance,
  account,
  projects,
  environments,
  folders,
  imports,
  secrets,
  delivery,
  destinations,
  connections,
  syncs,
  notifications,
  inbox,
  overview,
  members,
  people,
  identities,
  universalAuth,
  oidcAuth,
  jwtAuth,
  kubernetesAuth,
  apiKeys,
  clients,
  audit,
  backup,
  history,
  tags,
  tree,
})

export type AppRouter = typeof appRouter

/** Makes a caller that runs procedures in this process: `createCaller(requestContext).projects.list()`. */
export const createCaller = callerFactory(appRouter)
export const createCallerFactory = callerFactory
