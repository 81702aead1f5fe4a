import { Activity, Bell, KeyRound, LayoutDashboard, Plug, RefreshCw, Settings, Trash2, UsersRound } from 'lucide-react'
import type { Rights } from '../lib/session/rights.ts'
import { words } from './words.ts'

/** The sections of a project, and the right to see each. Who has it not is not led there. */
const SECTIONS = [
  { to: '/p/$projectId', name: words.sections.overview, icon: LayoutDashboard, needs: 'project.read' },
  { to: '/p/$projectId/secrets', name: words.sections.secrets, icon: KeyRound, needs: 'project.read' },
  { to: '/p/$projectId/syncs', name: words.sections.syncs, icon: RefreshCw, needs: 'project.read' },
  { to: '/p/$projectId/connections', name: words.sections.connections, icon: Plug, needs: 'connections.read' },
  { to: '/p/$projectId/activity', name: words.sections.activity, icon: Activity, needs: 'project.manage' },
  { to: '/p/$projectId/access', name: words.sections.access, icon: UsersRound, needs: 'project.read' },
  { to: '/p/$projectId/trash', name: words.sections.trash, icon: Trash2, needs: 'project.read' },
  { to: '/p/$projectId/alerts', name: words.sections.alerts, icon: Bell, needs: 'instance.manage' },
  { to: '/p/$projectId/settings', name: words.sections.settings, icon: Settings, needs: 'project.read' },
] as const

export const sectionsOf = (rights: Rights | undefined) => SECTIONS.filter(({ needs }) => rights?.may(needs) === true)
