import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { z } from 'zod'
import { home, onlyAfterSetup, onlyBeforeSetup, onlySignedIn } from './guards.ts'
import { NotFoundPage, PendingPage, RouteFailure } from './route-states.tsx'

const text = z.string().optional().catch(undefined)
const pages = () => import('./pages.tsx')
const secretsPages = () => import('./pages-secrets.tsx')

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage })

const firstRun = createRoute({
  getParentRoute: () => root,
  path: '/first-run',
  beforeLoad: onlyBeforeSetup,
  component: lazyRouteComponent(() => import('../features/first-run/first-run-page.tsx'), 'FirstRunPage'),
})
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: z.object({ next: text }),
  beforeLoad: onlyAfterSetup,
  component: lazyRouteComponent(() => import('./sign-in.tsx'), 'SignIn'),
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: ({ location }) => onlySignedIn(location.href),
  component: lazyRouteComponent(() => import('./shell.tsx'), 'Shell'),
})
const index = createRoute({ getParentRoute: () => inside, path: '/', beforeLoad: home })
const newProject = createRoute({
  getParentRoute: () => inside,
  path: '/projects/new',
  component: lazyRouteComponent(() => import('../features/projects/create-project-page.tsx'), 'CreateProjectPage'),
})

const project = createRoute({ getParentRoute: () => inside, path: '/p/$projectId', component: Outlet })
const projectHome = createRoute({
  getParentRoute: () => project,
  path: '/',
  component: lazyRouteComponent(pages, 'ProjectHome'),
})
const secretsRoot = createRoute({
  getParentRoute: () => project,
  path: '/secrets',
  component: lazyRouteComponent(secretsPages, 'FirstEnvironment'),
})
const secrets = createRoute({
  getParentRoute: () => project,
  path: '/secrets/$environment',
  validateSearch: z.object({ path: text, q: text, history: text }),
  component: lazyRouteComponent(secretsPages, 'Secrets'),
})
const paste = createRoute({
  getParentRoute: () => project,
  path: '/secrets/$environment/paste',
  validateSearch: z.object({ path: text }),
  component: lazyRouteComponent(() => import('./page-paste.tsx'), 'Paste'),
})
const connections = createRoute({
  getParentRoute: () => project,
  path: '/connections',
  component: lazyRouteComponent(pages, 'Connections'),
})
const newConnection = createRoute({
  getParentRoute: () => project,
  path: '/connections/new',
  validateSearch: z.object({ app: text }),
  component: lazyRouteComponent(pages, 'NewConnection'),
})
const syncs = createRoute({
  getParentRoute: () => project,
  path: '/syncs',
  validateSearch: z.object({ q: text, state: text, destination: text, environment: text }),
  component: lazyRouteComponent(() => import('./page-syncs.tsx'), 'Syncs'),
})
const newSync = createRoute({
  getParentRoute: () => project,
  path: '/syncs/new',
  validateSearch: z.object({ step: text }),
  component: lazyRouteComponent(() => import('../features/sync-wizard/wizard-page.tsx'), 'WizardPage'),
})
const sync = createRoute({
  getParentRoute: () => project,
  path: '/syncs/$destination/$syncId',
  validateSearch: z.object({ tab: text, run: text, filter: text }),
  component: lazyRouteComponent(() => import('./page-sync.tsx'), 'Sync'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    firstRun,
    signIn,
    inside.addChildren([
      index,
      newProject,
      project.addChildren([projectHome, secretsRoot, secrets, paste, connections, newConnection, syncs, newSync, sync]),
    ]),
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: PendingPage,
  defaultErrorComponent: RouteFailure,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
