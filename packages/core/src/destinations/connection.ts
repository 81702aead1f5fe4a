/**
 * The contract of a connection: an account at a vendor, how to reach it and how to prove who calls. One destination has
 * it for itself, or several share it (`aws`), each importing the same definition.
 */
import type { z } from 'zod'
import type { Http, HttpAnswer } from './shared/http/http.ts'
import type { DestinationErrorKind } from '@keyferry/schemas'

export interface ConnectionDefinition<Credentials = AnyCredentials, M extends Methods = Methods> {
  /** Stored with every connection, and in the paths of Infisical's API. Destinations with the same app share theirs. */
  app: string
  title: string
  /** By name, as Infisical's API has it. The first is what a form begins with. */
  methods: M
  /** `https://…` without a trailing slash; its host is the one that `session.http` calls. */
  baseUrl(credentials: Credentials): string
  /**
   * The origin that stands for the account in a target's key, where connections of different base URLs write to the
   * same targets. Left out: that of `baseUrl`.
   */
  targetOrigin?(credentials: Credentials): string
  /**
   * Other hosts that a session may call through `http.at()`, such as `sts.eu-central-1.amazonaws.com` or
   * `*.vault.azure.net`. A credential never goes to any other: a target is written by people who must not see it.
   */
  hosts?(credentials: Credentials): readonly string[]
  /** PEM of the authorities whose certificates are accepted, for hosts with a certificate authority of their own. */
  ca?(credentials: Credentials): string | undefined
  /**
   * Proves the credential on every request; clients never handle it. `door` sends without any, for a token's endpoint.
   * See `authorization.ts` for the usual ones.
   */
  authorization(credentials: Credentials, door: Http): Authorization
  /** What an answer means where the status alone does not say it, for every request of this vendor. */
  classify?(answer: HttpAnswer): Meaning | null
  /**
   * Asks the vendor who the credential is. Throws a `DestinationError` whose message says which of key, right,
   * organization or host is wrong.
   */
  check(session: Session<Credentials>): Promise<Account>
}

export interface ConnectionMethod {
  title: string
  /** Where a person finds the credential and which rights it needs; one or two sentences. */
  help: string
  /** Fields carry `field()` metadata: it makes the form. Secret ones are never returned. */
  credentials: z.ZodObject
}

export type Methods = Readonly<Record<string, ConnectionMethod>>

/** The fields of one of the methods, and which it is. */
export type CredentialsOf<M extends Methods> = {
  [Name in keyof M & string]: z.infer<M[Name]['credentials']> & { method: Name; account: string | null }
}[keyof M & string]

/** The same of a method that is not known here. */
export type AnyCredentials = CredentialsOf<Methods>

/** What a destination's code may use. */
export interface Session<Credentials> {
  /** `account` is what `check` found when the connection was saved; null before. */
  credentials: Credentials
  http: Http
}

export interface Account {
  /** The account as the vendor names it, for the connection's card. */
  label: string
  /**
   * Tells targets of the same name in two accounts apart, such as an AWS account's number. Left out where a target's
   * name is unique at its host.
   */
  id?: string
}

export interface Authorization {
  /** The headers that prove the credential for this request, made right before it is sent. Kept out of messages. */
  headers(request: OutgoingRequest): Record<string, string> | Promise<Record<string, string>>
  /** Called when the vendor no longer takes what `headers` gave. True: there is something newer, so send again. */
  renew?(given: Record<string, string>): boolean
}

export interface OutgoingRequest {
  method: string
  url: URL
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  /** As it goes over the wire; empty where there is none. */
  body: string
}

/** What an answer means. Whatever is left out is what its status means. */
export interface Meaning {
  /** `expired`: the token is outdated, so that another is fetched and the request is sent again. */
  kind?: DestinationErrorKind | 'expired'
  /** Our words, which name the remedy; they take the place of the common ones. */
  message?: string
  code?: string
  /** `throttled`: when to come back, in milliseconds. */
  waitMs?: number
  /** The answer quotes values or whole documents: none of the vendor's words are shown. */
  quotesValues?: boolean
}

export const defineConnection = <const M extends Methods>(
  definition: ConnectionDefinition<CredentialsOf<M>, M>,
): ConnectionDefinition<CredentialsOf<M>, M> => definition
