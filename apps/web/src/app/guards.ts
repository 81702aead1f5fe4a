/** What has to be true before a page opens. */
import { redirect } from '@tanstack/react-router'
import { nameOf, statusOf } from '../lib/server/errors.ts'
import { endSession } from '../lib/session/session.ts'
import { forgetSignedIn, rememberSignedIn } from '../lib/session/signed-in.ts'
import { api } from '../lib/server/trpc.ts'
import { hasTyped } from '../lib/focus/typed.ts'

const FRESH = { staleTime: 60_000 }

export async function onlyBeforeSetup(): Promise<void> {
  const { initialized } = await api.instance.status.fetch(undefined, { staleTime: 0 })
  if (initialized) throw redirect({ to: '/' })
}

export async function onlyAfterSetup(): Promise<void> {
  const { initialized } = await api.instance.status.fetch(undefined, FRESH)
  if (!initialized) throw redirect({ to: '/first-run' })
}

/**
 * Sends who is not signed in to the sign-in page, which leads back here. Any other failure is for each page to show:
 * what is open, and what was typed there, stays for who was signed in a minute ago.
 */
export async function onlySignedIn(href: string): Promise<void> {
  try {
    await api.instance.me.fetch(undefined, FRESH)
    rememberSignedIn()
  } catch (error) {
    if (statusOf(error) === 401) {
      // The page that comes without what was typed is led to the sign-in page by the first of its queries.
      if (api.instance.me.getData() !== undefined && hasTyped()) return endSession()
      forgetSignedIn()
      await onlyAfterSetup()
      throw redirect({ to: '/sign-in', search: { next: href } })
    }
    if (nameOf(error) === 'SecondFactorRequired')
      throw redirect({ to: '/second-factor-required', search: { next: href } })
    if (api.instance.me.getData() !== undefined) return
    throw error
  }
}

/** Where `/` leads: to the projects, to the only one, or to the page that creates the first. */
export async function home(): Promise<never> {
  const [project, another] = await api.projects.list.fetch(undefined)
  if (project === undefined) throw redirect({ to: '/projects/new' })
  if (another !== undefined) throw redirect({ to: '/projects' })
  throw redirect({ to: '/p/$projectId', params: { projectId: project.id } })
}
