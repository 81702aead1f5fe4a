/** How SQLite carries statements out, noted as they are prepared. For tests only. */
import SQLite from 'better-sqlite3'

/** Notes what is prepared until `stop`: by text, the steps of its plan. */
export function noteStatementPlans(): { plans: ReadonlyMap<string, readonly string[]>; stop(): void } {
  const plans = new Map<string, readonly string[]>()
  const prototype = SQLite.prototype as unknown as { prepare(text: string): SQLite.Statement }
  const { prepare } = prototype
  prototype.prepare = function (text) {
    const statement = prepare.call(this, text)
    if (plans.has(text) || !/^(select|insert|update|delete|with) /.test(text)) return statement
    const values = Array.from({ length: text.split('?').length - 1 }, () => '1')
    const steps = prepare.call(this, `explain query plan ${text}`).all(values)
    plans.set(
      text,
      steps.map((step) => String(new Map(Object.entries(Object(step))).get('detail'))),
    )
    return statement
  }
  return {
    plans,
    stop() {
      prototype.prepare = prepare
    },
  }
}
