import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { z } from 'zod'
import { home, onlyAfterSetup, onlyBeforeSetup, onlySignedIn } from './guards.ts'
import { NotFoundPage, PendingPage, RouteFailure } from './route-states.tsx'

const text = z.string().optional().catch(undefined)
const waysIn = () => import('./pages-ways-in.tsx')
const treePages = () => import('./pages-tree.tsx')
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
  validateSearch: z.object({ next: text, error: text }),
  beforeLoad: onlyAfterSetup,
  component: lazyRouteComponent(waysIn, 'SignIn'),
})
const secondFactor = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/second-factor',
  validateSearch: z.object({ next: text }),
  component: lazyRouteComponent(waysIn, 'SecondFactor'),
})
const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(waysIn, 'ForgotPassword'),
})
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  validateSearch: z.object({ token: text }),
  component: lazyRouteComponent(waysIn, 'ResetPassword'),
})
const acceptInvitation = createRoute({
  getParentRoute: () => root,
  path: '/accept-invitation',
  validateSearch: z.object({ token: text }),
  component: lazyRouteComponent(waysIn, 'AcceptInvitation'),
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

const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  component: lazyRouteComponent(() => import('../features/account/account-page.tsx'), 'AccountPage'),
})

const project = createRoute({ getParentRoute: () => inside, path: '/p/$projectId', component: Outlet })
const projectHome = createRoute({
  getParentRoute: () => project,
  path: '/',
  component: lazyRouteComponent(() => import('./page-home.tsx'), 'ProjectHome'),
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
const folderHistory = createRoute({
  getParentRoute: () => project,
  path: '/secrets/$environment/history',
  validateSearch: z.object({ path: text }),
  component: lazyRouteComponent(treePages, 'FolderHistory'),
})
// Not below `/secrets`: an environment may be called "compare".
const compare = createRoute({
  getParentRoute: () => project,
  path: '/compare',
  validateSearch: z.object({ left: text, right: text, path: text, only: text }),
  component: lazyRouteComponent(treePages, 'Compare'),
})
const trash = createRoute({
  getParentRoute: () => project,
  path: '/trash',
  validateSearch: z.object({ environment: text, q: text }),
  component: lazyRouteComponent(treePages, 'Trash'),
})
const settings = createRoute({
  getParentRoute: () => project,
  path: '/settings',
  component: lazyRouteComponent(() => import('./page-settings.tsx'), 'Settings'),
})
const connections = createRoute({
  getParentRoute: () => project,
  path: '/connections',
  component: lazyRouteComponent(() => import('./page-connections.tsx'), 'Connections'),
})
const newConnection = createRoute({
  getParentRoute: () => project,
  path: '/connections/new',
  validateSearch: z.object({ app: text }),
  component: lazyRouteComponent(() => import('./page-new-connection.tsx'), 'NewConnection'),
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
  validateSearch: z.object({ tab: text, run: text, restore: text, filter: text }),
  component: lazyRouteComponent(() => import('./page-sync.tsx'), 'Sync'),
})

const access = createRoute({
  getParentRoute: () => project,
  path: '/access',
  validateSearch: z.object({ tab: text, open: text }),
  component: lazyRouteComponent(() => import('./page-access.tsx'), 'Access'),
})
const machine = createRoute({
  getParentRoute: () => project,
  path: '/access/machines/$identityId',
  component: lazyRouteComponent(() => import('./page-machine.tsx'), 'Machine'),
})

const activity = createRoute({
  getParentRoute: () => project,
  path: '/activity',
  validateSearch: z.object({
    actor: text,
    what: text,
    environment: text,
    q: text,
    since: text,
    from: text,
    to: text,
    scope: text,
    open: text,
  }),
  component: lazyRouteComponent(() => import('./page-activity.tsx'), 'Activity'),
})
const notices = createRoute({
  getParentRoute: () => project,
  path: '/notices',
  component: lazyRouteComponent(() => import('./page-notices.tsx'), 'Notices'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    firstRun,
    signIn,
    secondFactor,
    forgotPassword,
    resetPassword,
    acceptInvitation,
    inside.addChildren([
      index,
      newProject,
      account,
      project.addChildren([
        projectHome,
        secretsRoot,
        secrets,
        paste,
        folderHistory,
        compare,
        trash,
        settings,
        connections,
        newConnection,
        syncs,
        newSync,
        sync,
        activity,
        notices,
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

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
