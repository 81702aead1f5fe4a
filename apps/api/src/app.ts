/** The HTTP edge of one process: tRPC, REST, sign-in, the documents and the console on one port. */
import { randomUUID } from 'node:crypto'
import compress from '@fastify/compress'
import rateLimit from '@fastify/rate-limit'
import type { Auth } from '@keyferry/access/sign-in'
import { flushRepeated, type Context } from '@keyferry/kernel'
import type { HostCheck, Monitoring } from '@keyferry/runtime'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify'
import { accessLog } from './http/access-log.ts'
import { admissions } from './http/admission.ts'
import { answerBeforeClose } from './http/answer-before-close.ts'
import { identifying, storeCheck } from './http/asking.ts'
import { registerAuth } from './http/auth.ts'
import { serveConsole } from './http/console.ts'
import { refuseCrossSite } from './http/cross-site.ts'
import { refuseBroken, sendError, sendFailure } from './http/errors.ts'
import { refuseUnknownHosts } from './http/hosts.ts'
import { bodyText } from './http/json.ts'
import { admitBodies, BODY_LIMIT } from './http/large-bodies.ts'
import { registerMonitoring } from './http/monitoring.ts'
import { owners } from './http/owners.ts'
import { requestContexts } from './http/request-contexts.ts'
import { securityHeaders } from './http/security-headers.ts'
import { registerSecurityTxt, type SecurityContact } from './http/security-txt.ts'
import { endSlowReaders } from './http/slow-readers.ts'
import { throttles } from './http/throttle.ts'
import { registerTrpc } from './http/trpc.ts'
import { underWay } from './http/under-way.ts'
import { registerFolderChanges } from './rest/folder-changes.ts'
import { registerRest } from './rest/adapter.ts'
import { registerAuditExport } from './rest/audit-export.ts'
import { registerDocs } from './rest/docs.ts'
import type { Instance } from './trpc/context.ts'

export interface AppOptions extends Instance {
  ctx: Context
  auth: Auth
  monitoring: Monitoring
  /** The built console; left out, only the API is served. */
  webDir?: string | null
  /** Addresses or networks of proxies that say in X-Forwarded-For whom they speak for. Left out, nobody is believed. */
  trustedProxies?: readonly string[]
  /** Which `Host` headers are answered. */
  isKnownHost: HostCheck
  security?: SecurityContact
  /** Of one address. */
  requestsPerMinute?: number
  /** Milliseconds that a reader may take nothing. Default: half a minute. */
  readerWindowMs?: number
  /** Of one address, where a password or a code could be guessed. */
  signInTriesPerMinute?: number
  /** Seconds for which browsers are to use TLS only, where people reach it by https; 0: they are not asked to. */
  hstsSeconds?: number
}

/** Far more than a person or a script needs, far less than a flood. */
const REQUESTS_PER_MINUTE = 12_000
/** Enough for a person who mistypes, too few to guess a password. */
const SIGN_IN_TRIES_PER_MINUTE = 10
const YEAR_SECONDS = 31_536_000
/**
 * Of large answers of the API that hold no values (`isCompressed`): what is quick to make is worth more than what is
 * small. Files of the console are compressed already. Bodies of requests stay as they are: a small one could become a
 * huge one.
 */
const COMPRESSION = {
  customTypes: /^application\/(json|x-ndjson)/,
  encodings: ['gzip' as const],
  globalDecompression: false,
  syncThreshold: 0,
  threshold: 8192,
  zlibOptions: { level: 1 },
}
/** Milliseconds that a client may take to send a whole request. */
const REQUEST_TIMEOUT_MS = 60_000
/** Milliseconds after which a client that doesn't read its answer is cut off, at the latest after twice as many. */
const READER_WINDOW_MS = 30_000

/** Builds the server without listening; `ctx` and `auth` stay the caller's to close. */
export async function buildApp({
  ctx,
  auth,
  monitoring,
  webDir,
  version,
  newerVersion,
  profile,
  trustedProxies = [],
  isKnownHost,
  security,
  requestsPerMinute = REQUESTS_PER_MINUTE,
  readerWindowMs = READER_WINDOW_MS,
  signInTriesPerMinute = SIGN_IN_TRIES_PER_MINUTE,
  hstsSeconds = YEAR_SECONDS,
}: AppOptions): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = ctx.log
  const { begin, noteActor, within } = accessLog(ctx)
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    // Live events are requests that never end on their own; others are answered before.
    forceCloseConnections: true,
    // Its refusal has neither a code nor an id.
    return503OnClosing: false,
    // Any client can write anything into X-Forwarded-For; only the operator knows which proxy to believe.
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // On a busy machine the start takes long, which is no reason to give it up.
    pluginTimeout: 0,
    clientErrorHandler: refuseBroken,
    routerOptions: { maxParamLength: 5000, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => {
      // Refused before its hooks.
      begin(request, reply)
      void sendError(error, request, reply)
    },
  })
  app.addHook('onClose', () => flushRepeated(ctx))
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply))
  acceptJson(app)
  app.addHook('onRequest', (request, reply, done) => {
    begin(request, reply)
    within(request, done)
  })
  // What reads a body leaves the span.
  app.addHook('preValidation', (request, _reply, done) => within(request, done))
  app.addHook('onRequest', refuseUnknownHosts(isKnownHost))
  app.addHook('onRequest', refuseCrossSite(ctx, auth.baseUrl))
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  const headers = await securityHeaders(auth.baseUrl.startsWith('https:') ? hstsSeconds : 0)
  app.addHook('onRequest', async (_, reply) => {
    // On the answer itself: some are sent without Fastify.
    reply.raw.setHeaders(headers)
  })
  answerBeforeClose(app)
  await app.register(rateLimit, { max: requestsPerMinute, timeWindow: '1 minute' })

  await app.register(compress, COMPRESSION)

  endSlowReaders(app.server, readerWindowMs)

  const checkStore = storeCheck(ctx)
  const throttleOf = throttles(ctx)
  const ownerOf = owners(ctx.db)
  const { track, ended } = underWay()
  // The store is closed after the app.
  app.addHook('onClose', ended)
  const askingOf = identifying({ app, auth, checkStore, track, noteActor })
  const actorOf = async (request: FastifyRequest) => (await askingOf(request)).actor
  app.addHook('preParsing', admitBodies({ actorOf, ownerOf }))
  const contextOf = requestContexts({
    ctx,
    auth,
    askingOf,
    throttleOf,
    admissionOf: admissions(ctx, ownerOf),
    track,
    instance: { version, newerVersion, profile },
    readiness: monitoring.readiness,
  })
  registerRest(app, contextOf)
  registerAuditExport(app, contextOf)
  registerFolderChanges(app, contextOf)
  await app.register(registerTrpc, { prefix: '/api/trpc', contextOf, log: ctx.log })
  await app.register(registerAuth, { auth, checkStore, throttleOf, triesPerMinute: signInTriesPerMinute })
  registerMonitoring(app, monitoring)
  if (security) registerSecurityTxt(app, security, ctx.now)
  await app.register(registerDocs)
  if (webDir) await serveConsole(app, webDir)
  app.setNotFoundHandler((request, reply) => {
    const page = webDir && request.method === 'GET' && !/^\/api(\/|$)/.test(request.url)
    if (page && (request.headers.accept ?? '').includes('text/html'))
      return reply.header('cache-control', 'no-cache').sendFile('index.html')
    const message = `There is no ${request.method} ${request.url.split('?', 1)[0]}`
    return sendFailure({ status: 404, error: 'NotFound', message }, request, reply)
  })
  return app
}

/** JSON only; an empty body with its content type is no body, and a key called `__proto__` is a key like any other. */
function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('ignore', 'ignore')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    let body: string
    try {
      body = bodyText(bytes)
    } catch (error) {
      return done(error instanceof Error ? error : null)
    }
    if (body.trim() === '') return done(null, undefined)
    void parse(request, body, done)
  })
}
