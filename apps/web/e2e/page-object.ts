/** What a person does and sees, by role and label. */
import type { Locator, Page } from 'playwright-core'

export interface PageObject {
  button(name: string): Locator
  tab(name: string): Locator
  /** Of a table, by its key or name. */
  row(name: string): Locator
  dialog(): Locator
  alert(text: string): Locator
  /** One of the facts about a sync on its page. */
  fact(text: RegExp): Locator
  /** To a section, by the rail. */
  go(section: string): Promise<void>
  /** Presses Tab until it has the focus. */
  tabTo(control: Locator): Promise<void>
}

/** `page` is called at every use: it is opened after the suite is described. */
export const pageObject = (page: () => Page): PageObject => ({
  button: (name) => page().getByRole('button', { name, exact: true }),
  tab: (name) => page().getByRole('tab', { name, exact: true }),
  row: (name) => page().getByRole('row', { name, exact: true }),
  dialog: () => page().getByRole('dialog'),
  alert: (text) => page().getByRole('alert').filter({ hasText: text }),
  fact: (text) => page().getByRole('definition').filter({ hasText: text }),
  go: (section) => page().getByRole('navigation', { name: 'Main' }).getByRole('link', { name: section }).click(),
  async tabTo(control) {
    for (let presses = 0; presses < 80; presses++) {
      if (await hasFocus(control)) return
      await page().keyboard.press('Tab')
    }
    throw new Error(`the Tab key never came to ${control.toString()}`)
  },
})

export const see = (what: Locator): Promise<void> => what.waitFor()
export const gone = (what: Locator): Promise<void> => what.waitFor({ state: 'hidden' })

/**
 * Goes to an address of the console as a link does, and resolves when its page is there. Where no console is open yet,
 * it is loaded, which takes as long as ten such ways.
 */
export async function visit(page: Page, path: string): Promise<void> {
  const isOpen = await page.evaluate<boolean>(`(async () => {
    const router = self.__TSR_ROUTER__
    await router?.navigate({ href: ${JSON.stringify(path)}, ignoreBlocker: true })
    return router !== undefined
  })()`)
  if (!isOpen) await page.goto(path)
}

const hasFocus = (control: Locator): Promise<boolean> =>
  control.evaluate(
    (element: { ownerDocument: { activeElement: unknown } }) => element.ownerDocument.activeElement === element,
  )
