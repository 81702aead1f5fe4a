import { CamelCasePlugin } from 'kysely'

/** Names of tables and columns: ours are `camelCase`, the store's are `snake_case`. */
export class Names extends CamelCasePlugin {
  readonly inStore = (name: string): string => this.snakeCase(name)
  readonly ours = (name: string): string => this.camelCase(name)
}
