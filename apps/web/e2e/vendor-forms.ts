/** Fills what a destination describes, by its labels: knows no vendor. */
import type { KeyferryClient } from '@keyferry/client'
import type { Locator, Page } from 'playwright-core'

export type Destination = Awaited<ReturnType<KeyferryClient['destinations']['list']['query']>>[number]
type FormField = Destination['target']['fields'][number]

/** Fills the inputs of `fields`, for the names that `values` has. `within`: the part of the page that has them. */
export async function fillFields(
  page: Page,
  fields: readonly FormField[],
  values: Readonly<Record<string, unknown>>,
  within: Page | Locator = page,
): Promise<void> {
  for (const { name, label, kind } of fields) {
    const value = values[name]
    if (value === undefined) continue
    const input = within.getByLabel(label, { exact: true })
    if (kind === 'choice') await choose(page, input, String(value))
    else if (kind === 'select') await input.selectOption(String(value))
    else if (kind === 'boolean') await input.setChecked(value === true)
    else await input.fill(String(value))
  }
}

/** Waits until the account offers the value, types its label and picks it with Enter. */
async function choose(page: Page, input: Locator, value: string): Promise<void> {
  await input.click()
  const option = page.getByRole('option').and(page.locator(`[data-choice="${value}"]`))
  const [label = ''] = (await option.innerText()).split(' · ')
  await page.keyboard.type(label)
  await option.and(page.locator('[aria-selected=true]')).waitFor()
  await page.keyboard.press('Enter')
}

/** What the inputs of `fields` hold now, for the names that `values` has. */
export async function readFields(
  page: Page,
  fields: readonly FormField[],
  values: Readonly<Record<string, unknown>>,
  within: Page | Locator = page,
): Promise<Record<string, string | null>> {
  const asked = fields.filter(({ name }) => values[name] !== undefined)
  return Object.fromEntries(
    await Promise.all(
      asked.map(async ({ name, label, kind }) => {
        const input = within.getByLabel(label, { exact: true })
        return [name, kind === 'choice' ? await input.getAttribute('data-value') : await input.inputValue()] as const
      }),
    ),
  )
}

/** The same credential, and no account's: every secret field ends differently. */
export const wrongCredentials = (
  { connection }: Destination,
  right: Readonly<Record<string, unknown>>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(right).map(([name, value]) => [
      name,
      secretNames(fieldsOf(connection)).has(name) ? `${String(value).slice(0, -3)}zzz` : value,
    ]),
  )

export const secretValues = ({ connection }: Destination, credentials: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(credentials).flatMap(([name, value]) =>
    secretNames(fieldsOf(connection)).has(name) ? [String(value)] : [],
  )

const secretNames = (fields: readonly FormField[]): Set<string> =>
  new Set(fields.filter(({ secret }) => secret).map(({ name }) => name))

/** Of its first method, which a form begins with. */
export const fieldsOf = ({ methods: [first] }: Destination['connection']): readonly FormField[] => first?.fields ?? []
