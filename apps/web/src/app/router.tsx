import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { code } from '../lib/loading/code.ts'
import { startPreloading } from '../lib/loading/preload.ts'
import { queryClient } from '../lib/server/trpc.ts'
import { FirstPaint } from './first-paint.tsx'
import { home, onlyAfterSetup, onlyBeforeSetup, onlySignedIn } from './guards.ts'
import { NotFoundPage, PendingPage, RouteFailure } from './route-states.tsx'

/** The texts of an address by these names. Anything else in it is left out. Without zod, which only forms need. */
const texts =
  <Name extends string>(...names: Name[]) =>
  (search: Record<string, unknown>): { [name in Name]?: string | undefined } => {
    const found: { [name in Name]?: string } = {}
    for (const name of names) {
      const text = search[name]
      if (typeof text === 'string') found[name] = text
    }
    return found
  }
const waysIn = code(() => import('./pages/pages-ways-in.tsx'))
const treePages = code(() => import('./pages/pages-tree.tsx'))
const connectionPages = code(() => import('./pages/page-connections.tsx'))
const newConnectionPages = code(() => import('./pages/page-new-connection.tsx'))

const root = createRootRoute({ component: Outlet })

const firstRun = createRoute({
  getParentRoute: () => root,
  path: '/first-run',
  beforeLoad: onlyBeforeSetup,
  component: lazyRouteComponent(
    code(() => import('../features/first-run/first-run-page.tsx')),
    'FirstRunPage',
  ),
})
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: texts('next', 'error'),
  beforeLoad: onlyAfterSetup,
  component: lazyRouteComponent(waysIn, 'SignIn'),
})
const secondFactor = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/second-factor',
  validateSearch: texts('next'),
  component: lazyRouteComponent(waysIn, 'SecondFactor'),
})
const signInLink = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/link',
  validateSearch: texts('token'),
  component: lazyRouteComponent(waysIn, 'SignInLink'),
})
const factorRequired = createRoute({
  getParentRoute: () => root,
  path: '/second-factor-required',
  validateSearch: texts('next'),
  component: lazyRouteComponent(
    code(() => import('./pages/page-factor-required.tsx')),
    'FactorRequired',
  ),
})
const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(waysIn, 'ForgotPassword'),
})
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  validateSearch: texts('token'),
  component: lazyRouteComponent(waysIn, 'ResetPassword'),
})
const acceptInvitation = createRoute({
  getParentRoute: () => root,
  path: '/accept-invitation',
  validateSearch: texts('token'),
  component: lazyRouteComponent(waysIn, 'AcceptInvitation'),
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: ({ location }) => onlySignedIn(location.href),
  // The frame is drawn at once, not after the server has said who is signed in.
  pendingMs: 0,
  pendingMinMs: 0,
  pendingComponent: FirstPaint,
  component: lazyRouteComponent(
    code(() => import('./shell/shell.tsx')),
    'Shell',
  ),
})
const index = createRoute({ getParentRoute: () => inside, path: '/', beforeLoad: home })
const unknownPage = createRoute({ getParentRoute: () => inside, path: '$', component: NotFoundPage })
const projects = createRoute({
  getParentRoute: () => inside,
  path: '/projects',
  component: lazyRouteComponent(
    code(() => import('../features/projects/projects-page.tsx')),
    'ProjectsPage',
  ),
})
const newProject = createRoute({
  getParentRoute: () => inside,
  path: '/projects/new',
  component: lazyRouteComponent(
    code(() => import('../features/projects/create-project-page.tsx')),
    'CreateProjectPage',
  ),
})

const instanceConnections = createRoute({
  getParentRoute: () => inside,
  path: '/connections',
  validateSearch: texts('q'),
  component: lazyRouteComponent(connectionPages, 'InstanceConnections'),
})
const newInstanceConnection = createRoute({
  getParentRoute: () => inside,
  path: '/connections/new',
  validateSearch: texts('app'),
  component: lazyRouteComponent(newConnectionPages, 'NewInstanceConnection'),
})
const instanceConnection = createRoute({
  getParentRoute: () => inside,
  path: '/connections/$connectionId',
  component: lazyRouteComponent(connectionPages, 'InstanceConnection'),
})

const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  component: lazyRouteComponent(
    code(() => import('../features/account/account-page.tsx')),
    'AccountPage',
  ),
})

const project = createRoute({ getParentRoute: () => inside, path: '/p/$projectId', component: Outlet })
const unknownProjectPage = createRoute({ getParentRoute: () => project, path: '$', component: NotFoundPage })
const projectHome = createRoute({
  getParentRoute: () => project,
  path: '/',
  component: lazyRouteComponent(
    code(() => import('./pages/page-home.tsx')),
    'ProjectHome',
  ),
})
const secretsRoot = createRoute({
  getParentRoute: () => project,
  path: '/secrets',
  component: lazyRouteComponent(
    code(() => import('./pages/page-first-environment.tsx')),
    'FirstEnvironment',
  ),
})
const secrets = createRoute({
  getParentRoute: () => project,
  path: '/secrets/$environment',
  validateSearch: texts('path', 'q', 'history', 'add'),
  component: lazyRouteComponent(
    code(() => import('./pages/page-secrets.tsx')),
    'Secrets',
  ),
})
const paste = createRoute({
  getParentRoute: () => project,
  path: '/secrets/$environment/paste',
  validateSearch: texts('path'),
  component: lazyRouteComponent(
    code(() => import('./pages/page-paste.tsx')),
    'Paste',
  ),
})
const folderHistory = createRoute({
  getParentRoute: () => project,
  path: '/secrets/$environment/history',
  validateSearch: texts('path'),
  component: lazyRouteComponent(treePages, 'FolderHistory'),
})
// Not below `/secrets`: an environment may be called "compare".
const compare = createRoute({
  getParentRoute: () => project,
  path: '/compare',
  validateSearch: texts('path', 'only', 'q'),
  component: lazyRouteComponent(treePages, 'Compare'),
})
const trash = createRoute({
  getParentRoute: () => project,
  path: '/trash',
  validateSearch: texts('environment', 'q'),
  component: lazyRouteComponent(
    code(() => import('./pages/page-trash.tsx')),
    'Trash',
  ),
})
const settings = createRoute({
  getParentRoute: () => project,
  path: '/settings',
  component: lazyRouteComponent(
    code(() => import('./pages/page-settings.tsx')),
    'Settings',
  ),
})
const connections = createRoute({
  getParentRoute: () => project,
  path: '/connections',
  validateSearch: texts('q'),
  component: lazyRouteComponent(connectionPages, 'Connections'),
})
const connection = createRoute({
  getParentRoute: () => project,
  path: '/connections/$connectionId',
  component: lazyRouteComponent(connectionPages, 'Connection'),
})
const newConnection = createRoute({
  getParentRoute: () => project,
  path: '/connections/new',
  validateSearch: texts('app'),
  component: lazyRouteComponent(newConnectionPages, 'NewConnection'),
})
const syncs = createRoute({
  getParentRoute: () => project,
  path: '/syncs',
  validateSearch: texts('q', 'status', 'destination', 'environment'),
  component: lazyRouteComponent(
    code(() => import('./pages/page-syncs.tsx')),
    'Syncs',
  ),
})
const newSync = createRoute({
  getParentRoute: () => project,
  path: '/syncs/new',
  validateSearch: texts('destination'),
  component: lazyRouteComponent(
    code(() => import('../features/sync-wizard/wizard-page.tsx')),
    'WizardPage',
  ),
})
const sync = createRoute({
  getParentRoute: () => project,
  path: '/syncs/$destination/$syncId',
  validateSearch: texts('tab', 'run', 'restore', 'filter'),
  component: lazyRouteComponent(
    code(() => import('./pages/page-sync.tsx')),
    'Sync',
  ),
})

const access = createRoute({
  getParentRoute: () => project,
  path: '/access',
  validateSearch: texts('tab', 'open', 'q'),
  component: lazyRouteComponent(
    code(() => import('./pages/page-access.tsx')),
    'Access',
  ),
})
const machine = createRoute({
  getParentRoute: () => project,
  path: '/access/machines/$identityId',
  component: lazyRouteComponent(
    code(() => import('./pages/page-machine.tsx')),
    'Machine',
  ),
})

const activity = createRoute({
  getParentRoute: () => project,
  path: '/activity',
  validateSearch: texts(
    'tab',
    'state',
    'sync',
    'actor',
    'what',
    'environment',
    'q',
    'since',
    'from',
    'to',
    'scope',
    'open',
  ),
  component: lazyRouteComponent(
    code(() => import('./pages/page-activity.tsx')),
    'Activity',
  ),
})
const alerts = createRoute({
  getParentRoute: () => project,
  path: '/alerts',
  component: lazyRouteComponent(
    code(() => import('./pages/page-alerts.tsx')),
    'Alerts',
  ),
})

export const router = createRouter({
  routeTree: root.addChildren([
    firstRun,
    signIn,
    secondFactor,
    signInLink,
    factorRequired,
    forgotPassword,
    resetPassword,
    acceptInvitation,
    inside.addChildren([
      index,
      unknownPage,
      projects,
      newProject,
      instanceConnections,
      newInstanceConnection,
      instanceConnection,
      account,
      project.addChildren([
        projectHome,
        unknownProjectPage,
        secretsRoot,
        secrets,
        paste,
        folderHistory,
        compare,
        trash,
        settings,
        connections,
        newConnection,
        connection,
        syncs,
        newSync,
        sync,
        activity,
        alerts,
        access,
        machine,
      ]),
    ]),
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: PendingPage,
  defaultErrorComponent: RouteFailure,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
})

router.subscribe('onResolved', () => startPreloading(() => queryClient.isFetching() === 0))

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
