/** The forms that the procedures of the API have in the client. */

export interface CallOptions {
  /** Ends the call at once with the code `Aborted`, also while it waits for a retry. */
  signal?: AbortSignal
  /** Milliseconds after which the call ends with the code `TimedOut`, retries included. */
  timeoutMs?: number
}

export interface Query<Input, Output> {
  query(input: Optional<Input>, options?: CallOptions): Promise<Output>
}

export interface Mutation<Input, Output> {
  mutate(input: Optional<Input>, options?: CallOptions): Promise<Output>
}

export interface Subscription<Input, Event> {
  subscribe(input: Input, options: FeedOptions<Event>): { unsubscribe(): void }
}

/** A live feed. It reconnects until `unsubscribe`; only a refusal, such as of the token, ends it. */
export interface FeedOptions<Event> {
  /** It listens: what is read from now on is followed by an event when it changes. Called after each reconnect too. */
  onStarted?(): void
  onData?(event: Event): void
  /**
   * Events were missed: it reconnected, or nothing arrives at all, as behind a proxy that buffers; then it is called
   * every ten seconds. Read again whatever the events could have named.
   */
  onGap?(): void
  /** The feed has ended. */
  onError?(error: Error): void
  signal?: AbortSignal
}

/** An input that may be left out may be no argument at all. */
type Optional<Input> = undefined extends Input ? Input | void : Input

interface Procedure<Type, Input, Output> {
  _def: { type: Type; $types: { input: Input; output: Output } }
}

/** What tRPC's router is for the client. */
export type ClientOf<Routers> = {
  [Name in keyof Routers]: { [Key in keyof Routers[Name]]: CallOf<Routers[Name][Key]> }
}

type CallOf<P> =
  P extends Procedure<'query', infer Input, infer Output>
    ? Query<Input, Output>
    : P extends Procedure<'mutation', infer Input, infer Output>
      ? Mutation<Input, Output>
      : P extends Procedure<'subscription', infer Input, AsyncIterable<infer Event>>
        ? Subscription<Input, Event>
        : never

/** Inputs by router and procedure. */
export type InputsOf<Client> = {
  [Name in keyof Client]: {
    [Key in keyof Client[Name]]: Client[Name][Key] extends
      | Query<infer Input, unknown>
      | Mutation<infer Input, unknown>
      | Subscription<infer Input, unknown>
      ? Input
      : never
  }
}

/** What comes out, by router and procedure; of a subscription, an event. */
export type OutputsOf<Client> = {
  [Name in keyof Client]: {
    [Key in keyof Client[Name]]: Client[Name][Key] extends Query<infer _Input, infer Output>
      ? Output
      : Client[Name][Key] extends Mutation<infer _Input, infer Output>
        ? Output
        : Client[Name][Key] extends Subscription<infer _Input, infer Event>
          ? Event
          : never
  }
}
