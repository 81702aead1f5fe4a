/** An instance with a project, and what the tests of people do there: invite, accept, sign in, read mail. */
import type { OpenStore } from '@keyferry/db/testing'
import { amend, withOwnNames } from '@keyferry/db'
import { afterEach, beforeEach, expect, onTestFinished, vi } from 'vitest'
import { ACCOUNT, emptyApi, type TestApi } from '../../src/testing.ts'

export interface AuditEntry {
  action: string
  actor: { name: string }
  details: Record<string, string>
}
export interface Mail {
  to: string
  subject: string
  text: string
}

export type People = ReturnType<typeof peopleFixture>

/** A new instance before each test of the suite. */
export function peopleFixture(open: OpenStore) {
  const state: { api: TestApi; projectId: string } = Object.create(null)
  const mails: Mail[] = []
  beforeEach(async () => {
    mails.length = 0
    const mail = {
      send(sent: Mail) {
        mails.push(sent)
        return Promise.resolve()
      },
    }
    state.api = await emptyApi(open, null, { mail, baseUrl: 'http://localhost:4400', bannedWords: ['Project Zephyr'] })
    const { body } = await state.api.send('POST', '/api/v1/admin/bootstrap', ACCOUNT)
    state.api.token = body.identity.credentials.token
    state.projectId = (await state.api.send('POST', '/api/v1/projects', { projectName: 'Shop' })).body.project.id
  })
  afterEach(() => state.api.close())

  const page = { origin: 'http://localhost:4400', host: 'localhost:4400' }
  const password = 'a long enough password'
  const tokenOf = (link: string) => new URL(link).searchParams.get('token') ?? ''
  const cookieOf = (headers: { 'set-cookie'?: string | string[] | undefined }) =>
    [headers['set-cookie'] ?? '']
      .flat()
      .map((line) => line.split(';', 1)[0])
      .join('; ')
  /** An authenticator app's code lasts as long as its test. */
  function stopClock(): void {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
  }
  const auth = (path: string, body: unknown, cookie?: string) =>
    state.api.send('POST', `/api/auth/${path}`, body, {
      token: null,
      headers: { ...page, ...(cookie ? { cookie } : {}) },
    })
  async function signIn(email: string, secret = password) {
    const answer = await auth('sign-in/email', { email, password: secret })
    return { status: answer.status, body: answer.body, cookie: cookieOf(answer.headers) }
  }
  /** As a person, by cookie. */
  const as = (cookie: string) => (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: unknown) =>
    state.api.send(method, url, body, { token: null, headers: { ...page, cookie } })
  const invite = (email: string, role: string, scopes: unknown = null) =>
    state.api.send('POST', `/api/v1/projects/${state.projectId}/invitations`, { email, role, scopes })
  const accept = (link: string, secret = password) =>
    state.api.send(
      'POST',
      '/api/v1/people/invitations/accept',
      { token: tokenOf(link), name: 'Bob', password: secret },
      { token: null },
    )
  /** What the last mail to that address leads to: nobody else gets it. */
  const linkTo = (email: string) => {
    const text = mails.findLast(({ to }) => to === email)?.text ?? ''
    return /http\S+/.exec(text)?.[0] ?? ''
  }
  /** Resolves to the link of the mail. */
  async function invited(email: string, role: string, scopes: unknown = null) {
    expect((await invite(email, role, scopes)).body).toMatchObject({ link: null, mailed: true })
    return linkTo(email)
  }
  async function invitedAsAdmin(email: string) {
    await state.api.send('POST', '/api/v1/people/invitations', { email, instanceAdmin: true })
    return linkTo(email)
  }
  async function join(email: string, role: string, scopes: unknown = null) {
    await accept(await invited(email, role, scopes))
    return as((await signIn(email)).cookie)
  }
  /** As if a mail had proven the address before; 0: as if none had. */
  async function prove(email: string, emailVerified = 1) {
    const accounts = withOwnNames(state.api.ctx.db).withTables<{ user: { id: string; email: string } }>()
    const { id } = await accounts.selectFrom('user').where('email', '=', email).select('id').executeTakeFirstOrThrow()
    await amend(accounts, 'user', id, { emailVerified })
  }
  const memberOf = async (email: string) =>
    (await state.api.send('GET', `/api/v1/projects/${state.projectId}/memberships`)).body.memberships.find(
      (member: { email: string }) => member.email === email,
    )
  /** Of a request with that cookie: 200, or 401 once its session ended. */
  const statusOf = async (cookie: string) => (await as(cookie)('GET', '/api/v1/me')).status

  return {
    open,
    get api() {
      return state.api
    },
    get projectId() {
      return state.projectId
    },
    mails,
    page,
    password,
    tokenOf,
    cookieOf,
    stopClock,
    auth,
    signIn,
    as,
    invite,
    accept,
    linkTo,
    invited,
    invitedAsAdmin,
    join,
    prove,
    memberOf,
    statusOf,
  }
}
