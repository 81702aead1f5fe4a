/**
 * The client's type with every name of the server's written out. Compiled for its declaration only, which is all that
 * the packed client knows of the API. Without a name of their own, mapped types are printed as what they come to.
 */
import type { KeyferryClient, Mutation, Query, Subscription } from '@keyferry/client'

/** The one type of the API that contains itself, so it keeps a name. */
interface ReferenceTree {
  key: string
  value: string
  environment: string
  secretPath: string
  children: ReferenceTree[]
}

type Primitive = string | number | boolean | bigint | symbol | null | undefined

type Flat<T> = unknown extends T
  ? T
  : T extends Primitive
    ? T
    : [T, ReferenceTree] extends [ReferenceTree, T]
      ? ReferenceTree
      : T extends infer Shape
        ? { [Key in keyof Shape]: Flat<Shape[Key]> }
        : never

type FlatCall<Call> =
  Call extends Query<infer Input, infer Output>
    ? Query<Flat<Input>, Flat<Output>>
    : Call extends Mutation<infer Input, infer Output>
      ? Mutation<Flat<Input>, Flat<Output>>
      : Call extends Subscription<infer Input, infer Event>
        ? Subscription<Flat<Input>, Flat<Event>>
        : never

type FlatClient<Client> = Client extends infer Routers
  ? {
      [Name in keyof Routers]: Routers[Name] extends infer Router
        ? { [Key in keyof Router]: FlatCall<Router[Key]> }
        : never
    }
  : never

declare const client: FlatClient<KeyferryClient>
// Inferred, because a type that is written down is printed as it is written.
export const flat = client
