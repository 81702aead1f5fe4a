/**
 * The one network door of the destinations. Types here; `createHttp` below makes one for a run or a check.
 */
export interface Network {
  /** False (default): only public addresses are reached, whatever a name resolves to at connect time. */
  allowPrivate: boolean
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base URL, starting with `/`; the caller has encoded its parts. */
  path: string
  body?: unknown
  headers?: Record<string, string>
  /** The call may be repeated after an unclear answer. Throttling answers are always repeated: they did nothing. */
  repeatable: boolean
  /** Statuses the caller wants back as an answer instead of an error. */
  accept?: readonly number[]
}

export interface HttpAnswer {
  status: number
  headers: Headers
  /** Parsed JSON; undefined when the body is empty. A body that is not JSON is an `unavailable` error. */
  body: unknown
}

export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer>
  /** Requests sent so far, repeats included. */
  readonly calls: number
}
