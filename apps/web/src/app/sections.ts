import { Activity, Bell, KeyRound, LayoutDashboard, Plug, RefreshCw, Settings, Trash2, UsersRound } from 'lucide-react'
import type { Rights } from '../lib/rights.ts'

/** The sections of a project, and the right to see each. Who has it not is not led there. */
const SECTIONS = [
  { to: '/p/$projectId', name: 'Overview', icon: LayoutDashboard, needs: 'project.read' },
  { to: '/p/$projectId/secrets', name: 'Secrets', icon: KeyRound, needs: 'project.read' },
  { to: '/p/$projectId/syncs', name: 'Syncs', icon: RefreshCw, needs: 'project.read' },
  { to: '/p/$projectId/connections', name: 'Connections', icon: Plug, needs: 'connections.read' },
  { to: '/p/$projectId/activity', name: 'Activity', icon: Activity, needs: 'project.manage' },
  { to: '/p/$projectId/access', name: 'Access', icon: UsersRound, needs: 'project.read' },
  { to: '/p/$projectId/trash', name: 'Trash', icon: Trash2, needs: 'project.read' },
  { to: '/p/$projectId/alerts', name: 'Alerts', icon: Bell, needs: 'instance.manage' },
  { to: '/p/$projectId/settings', name: 'Settings', icon: Settings, needs: 'project.read' },
] as const

export const sectionsOf = (rights: Rights | undefined) => SECTIONS.filter(({ needs }) => rights?.may(needs) === true)
