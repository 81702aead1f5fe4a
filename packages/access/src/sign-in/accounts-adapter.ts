/**
 * better-auth's way to the store. Its rows give authority too, so they are sealed like ours (`withSeals` of
 * @keyferry/db): a change is written with everything that the seal covers. better-auth looks a row up by the plain hash
 * of a token, which is stored as a hash under the instance's key.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { kyselyAdapter } from '@better-auth/kysely-adapter'
import { isSealedTable, SEALED_TABLES, type Dialect } from '@keyferry/db'
import type { Authority } from '@keyferry/kernel'
import type { Store } from './better-auth.ts'

type Factory = ReturnType<typeof kyselyAdapter>
type Adapter = ReturnType<Factory>
type Inner = Omit<Adapter, 'transaction'>
type Where = Parameters<Adapter['findOne']>[0]['where']
type Row = Record<string, unknown>

/** By table: the field that better-auth fills with the plain hash of a token. */
const TOKENS: Readonly<Record<string, string>> = { apikey: 'key', verification: 'identifier' }

const callersTransaction = new AsyncLocalStorage<Store>()

/** Runs `work`, in which better-auth reads and writes in the caller's transaction instead of one of its own. */
export const inTransaction = <T>(tx: Store, work: () => Promise<T>): Promise<T> => callersTransaction.run(tx, work)

/** `db`: under better-auth's own names, with seals (`withOwnNames`). */
export function accountsAdapter({ db, type }: { db: Store; type: Dialect }, authority: Authority): Factory {
  return (options) => {
    const inner = kyselyAdapter(db, { type, transaction: true })(options)
    const own = refreshing(sealing(inner, authority), authority)
    const joined = (): Inner | null => {
      const tx = callersTransaction.getStore()
      return tx ? sealing(kyselyAdapter(tx, { type, transaction: false })(options), authority) : null
    }
    return {
      ...inner,
      ...choosing(() => joined() ?? own),
      transaction: (work) => {
        const tx = joined()
        return tx ? work(tx) : inner.transaction((tx) => work(sealing(tx, authority)))
      },
    }
  }
}

/** Each call goes to the adapter that `current` answers at that moment. */
const choosing = (current: () => Inner): Omit<Inner, 'id' | 'options'> => ({
  create: (asked) => current().create(asked),
  findOne: (asked) => current().findOne(asked),
  findMany: (asked) => current().findMany(asked),
  count: (asked) => current().count(asked),
  update: (asked) => current().update(asked),
  updateMany: (asked) => current().updateMany(asked),
  delete: (asked) => current().delete(asked),
  deleteMany: (asked) => current().deleteMany(asked),
  consumeOne: (asked) => current().consumeOne(asked),
  incrementOne: (asked) => current().incrementOne(asked),
})

/**
 * A token that is not found is looked for again once the key of the hashes was rotated. Not inside a transaction, which
 * may have the store to itself.
 */
function refreshing(inner: Inner, authority: Authority): Inner {
  return {
    ...inner,
    async findOne<T>(asked: Parameters<Inner['findOne']>[0]): Promise<T | null> {
      const found = await inner.findOne<T>(asked)
      if (found !== null || TOKENS[asked.model] === undefined || !(await authority.refresh())) return found
      return inner.findOne<T>(asked)
    },
  }
}

function sealing(inner: Inner, authority: Authority): Inner {
  const keyed = <R extends object>(model: string, row: R): R =>
    Object.fromEntries(
      Object.entries(row).map(([field, value]) =>
        field === TOKENS[model] && typeof value === 'string' ? [field, authority.hashDigest(value)] : [field, value],
      ),
    ) as R
  const where = (model: string, conditions: Where): Where =>
    conditions.map((condition) =>
      condition.field === TOKENS[model] && typeof condition.value === 'string'
        ? { ...condition, operator: 'in' as const, value: [...authority.hashesOfDigest(condition.value)] }
        : condition,
    )
  /**
   * The rows that a change of sealed fields is for, each as a condition and with all that the seal covers; null:
   * nothing sealed changes.
   */
  const sealed = async (model: string, change: Row, at: Where) => {
    const fields: readonly string[] = isSealedTable(model) ? SEALED_TABLES[model] : []
    if (!fields.some((field) => field in change)) return null
    const rows = await inner.findMany<Row>({ model, where: at })
    return rows.map((row) => ({
      where: [...at, { field: 'id', value: String(row['id']) }],
      row: { ...Object.fromEntries(fields.map((field) => [field, row[field] ?? null])), ...change },
    }))
  }
  return {
    ...inner,
    create: ({ model, data, ...rest }) => inner.create({ model, data: keyed(model, data), ...rest }),
    findOne: ({ model, where: at, ...rest }) => inner.findOne({ model, where: where(model, at), ...rest }),
    findMany: ({ model, where: at = [], ...rest }) => inner.findMany({ model, where: where(model, at), ...rest }),
    delete: ({ model, where: at }) => inner.delete({ model, where: where(model, at) }),
    deleteMany: ({ model, where: at }) => inner.deleteMany({ model, where: where(model, at) }),
    consumeOne: ({ model, where: at }) => inner.consumeOne({ model, where: where(model, at) }),
    async update<T>({ model, where: given, update }: Parameters<Inner['update']>[0]): Promise<T | null> {
      const [at, change] = [where(model, given), keyed(model, update)]
      const found = await sealed(model, change, at)
      if (!found) return inner.update<T>({ model, where: at, update: change })
      const [first] = found
      return first ? inner.update<T>({ model, where: first.where, update: first.row }) : null
    },
    async updateMany({ model, where: given, update }) {
      const [at, change] = [where(model, given), keyed(model, update)]
      const found = await sealed(model, change, at)
      if (!found) return inner.updateMany({ model, where: at, update: change })
      let updated = 0
      for (const one of found) updated += await inner.updateMany({ model, where: one.where, update: one.row })
      return updated
    },
    async incrementOne<T>({ model, where: given, increment, set = {} }: Parameters<Inner['incrementOne']>[0]) {
      const [at, change] = [where(model, given), keyed(model, set)]
      const found = await sealed(model, change, at)
      if (!found) return inner.incrementOne<T>({ model, where: at, increment, set: change })
      const [first] = found
      return first ? inner.incrementOne<T>({ model, where: first.where, increment, set: first.row }) : null
    },
  }
}
