import { isRedirect } from '@tanstack/react-router'
import { afterEach, expect, it, vi } from 'vitest'
import { queryClient } from '../lib/server/trpc.ts'
import { onlySignedIn } from './guards.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  queryClient.clear()
})
queryClient.setDefaultOptions({ queries: { retry: false } })

const answer = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
const served = (): Promise<Response> => Promise.resolve(answer(200, [{ result: { data: { initialized: true } } }]))
const unreachable = (): Promise<Response> => Promise.reject(new TypeError('Failed to fetch'))
const refused = (url: string): Promise<Response> =>
  url.includes('instance.status')
    ? served()
    : Promise.resolve(answer(401, [{ error: { message: 'Sign in', code: -32_001, data: { httpStatus: 401 } } }]))

const given = async (fetch: (url: string) => Promise<Response>): Promise<unknown> => {
  vi.stubGlobal('fetch', fetch)
  vi.stubGlobal('localStorage', { setItem: () => undefined, removeItem: () => undefined })
  return onlySignedIn('/p/1').then(
    () => 'opens',
    (error: unknown) => error,
  )
}

it('leads who is not signed in to the sign-in page', async () => {
  expect(isRedirect(await given(refused))).toBe(true)
})

it('leaves the page open through an outage for who was signed in, and for nobody else', async () => {
  expect(await given(unreachable)).toBeInstanceOf(Error)
  expect(await given(served)).toBe('opens')
  await queryClient.invalidateQueries()
  expect(await given(unreachable)).toBe('opens')
  await queryClient.invalidateQueries()
  expect(isRedirect(await given(refused))).toBe(true)
})
