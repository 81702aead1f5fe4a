/**
 * What every emulator offers. An emulator is the vendor as a real HTTP server on loopback, quirks included, with
 * switches. Each destination's folder has one in `emulator/index.ts`, exported as `startEmulator`; the tests, the demo
 * and the bench drive all of them through this interface and know no vendor.
 */
export interface EmulatorOptions {
  /** 0 (default): any free port. */
  port?: number
  /** Milliseconds every request takes before it is answered. Default 0. */
  latencyMs?: number
  /** Turns the vendor's own rate limit on, with its real sizes or these. Default: no limit. */
  rateLimit?: boolean | { burst: number; refill: number; intervalMs: number }
}

/** What a fault does to one request. */
export type Fault =
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  /** The connection is cut before anything was done. */
  | { kind: 'reset' }
  /** The request is carried out, then the connection is cut. */
  | { kind: 'reset-after' }
  /** The request is carried out and never answered. */
  | { kind: 'hang-after' }
  /** 200 with an HTML page. */
  | { kind: 'html' }
  /** A JSON body that ends half-way. */
  | { kind: 'truncated' }

export interface LoggedRequest {
  at: number
  method: string
  path: string
  status: number
  /** Bytes of the request body. */
  bytes: number
}

export interface Emulator {
  url: string
  /** Of which method `credentials` are. Left out: the first. */
  method?: string
  /** A credential that works, as `createConnection` takes it (`instanceUrl` included). */
  credentials: Record<string, unknown>
  /** A target that exists and is empty at the start, as `createSync` takes it. */
  target: Record<string, unknown>
  /** Requests so far, oldest first, without bodies and headers. */
  log: LoggedRequest[]
  /** What the target holds, in clear: key to value. For assertions; the vendor's API shows less. */
  contents(): Map<string, string>
  /** Puts a key at the target behind the product's back, as a person in the vendor's dashboard would. */
  put(key: string, value: string): void
  /** Removes a key behind the product's back. */
  remove(key: string): void
  /** Empties the target. */
  clear(): void
  setLatency(ms: number): void
  /**
   * From now on the requests that `matches`, left out every one, wait before the vendor sees them, until the function
   * that it returns is called. `matches` as for `fail`.
   */
  hold(matches?: (method: string, path: string) => boolean): () => void
  /**
   * From now on, until the function that it returns is called, a read that was answered before is answered the same: by
   * a replica that is behind.
   */
  staleReads(): () => void
  setRateLimit(limit: EmulatorOptions['rateLimit']): void
  /**
   * The n-th request from now (1 = the next) that `matches` meets `fault`; several may be armed. `matches` sees the
   * method and the path with its query; left out, every request counts.
   */
  fail(n: number, fault: Fault, matches?: (method: string, path: string) => boolean): void
  /** Disarms every fault. */
  heal(): void
  /** Highest number of requests that were being answered at the same time, since the start or `clear()`. */
  maxInFlight(): number
  /** Whether a request changes what the target holds. Left out: every method but GET does. */
  isWrite?(method: string, path: string): boolean
  /** Whether a good answer to this request is an empty object, so that one without any meaning looks the same. */
  answersEmpty?(method: string, path: string): boolean
  /** Ends every token that was issued so far; where the vendor issues none there is no such thing. */
  expireTokens?(): void
  /** A target of the same account that does not exist. */
  missingTarget: Record<string, unknown>
  /** Fields that pickers need and that `target`, which is another member of the union, has not. */
  otherFields?: Record<string, string>
  close(): Promise<void>
}
