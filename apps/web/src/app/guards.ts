/** What has to be true before a page opens. */
import { redirect } from '@tanstack/react-router'
import { isOutage, nameOf, statusOf } from '../lib/errors.ts'
import { api } from '../lib/trpc.ts'

const FRESH = { staleTime: 60_000 }
const LAST_PROJECT = 'keyferry.last-project'

export const rememberProject = (projectId: string): void => localStorage.setItem(LAST_PROJECT, projectId)

export async function onlyBeforeSetup(): Promise<void> {
  const { initialized } = await api.instance.status.fetch(undefined, { staleTime: 0 })
  if (initialized) throw redirect({ to: '/' })
}

export async function onlyAfterSetup(): Promise<void> {
  const { initialized } = await api.instance.status.fetch(undefined, FRESH)
  if (!initialized) throw redirect({ to: '/first-run' })
}

/**
 * Sends who is not signed in to the sign-in page, which leads back here. An outage is for each page to show: what is
 * open, and what was typed there, stays for who was signed in a minute ago.
 */
export async function onlySignedIn(href: string): Promise<void> {
  try {
    await onlyAfterSetup()
    await api.instance.me.fetch(undefined, FRESH)
  } catch (error) {
    if (statusOf(error) === 401) throw redirect({ to: '/sign-in', search: { next: href } })
    if (nameOf(error) === 'SecondFactorRequired')
      throw redirect({ to: '/second-factor-required', search: { next: href } })
    if (isOutage(error) && api.instance.me.getData() !== undefined) return
    throw error
  }
}

/** Where `/` leads: the project that was open last, or the page that makes the first one. */
export async function home(): Promise<never> {
  const projects = await api.projects.list.fetch(undefined)
  const last = localStorage.getItem(LAST_PROJECT)
  const project = projects.find((each) => each.id === last) ?? projects[0]
  if (project === undefined) throw redirect({ to: '/projects/new' })
  throw redirect({ to: '/p/$projectId', params: { projectId: project.id } })
}
